import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as z from 'zod';

const Reference = z.object({ shape: z.string() });

const Shape = z.object({
  type: z.string(),
  members: z.record(z.string(), Reference).optional(),
  required: z.array(z.string()).optional(),
  member: Reference.optional(),
  key: Reference.optional(),
  value: Reference.optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  pattern: z.string().optional(),
  enum: z.array(z.string()).optional(),
  sensitive: z.boolean().optional(),
});
export type Shape = z.infer<typeof Shape>;

const ModelFile = z.object({
  operations: z.record(z.string(), z.object({ input: Reference.optional(), output: Reference.optional() })),
  /** Thousands, of which a run of the server needs a few: each is read when it is asked for. */
  shapes: z.record(z.string(), z.unknown()),
});

/** SageMaker's API as botocore describes it: operations, and the shapes of what goes in and comes out. */
export type ServiceModel = {
  operations: string[];
  inputOf: (operation: string) => string | undefined;
  outputOf: (operation: string) => string | undefined;
  has: (operation: string) => boolean;
  shape: (name: string) => Shape;
};

export class ServiceModelMissing extends Error {
  override readonly name = 'ServiceModelMissing';
}

export function loadServiceModel(botocoreData: string): ServiceModel {
  return load(botocoreData, 'sagemaker', '2017-07-24');
}

/** The API that invokes endpoints. */
export function loadRuntimeModel(botocoreData: string): ServiceModel {
  return load(botocoreData, 'sagemaker-runtime', '2017-05-13');
}

function load(botocoreData: string, service: string, version: string): ServiceModel {
  const path = join(botocoreData, service, version, 'service-2.json.gz');
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new ServiceModelMissing(`${path} can't be read. Set BOTOCORE_DATA to the data folder of botocore.`, {
      cause: error,
    });
  }
  return serviceModelFrom(JSON.parse(gunzipSync(bytes).toString('utf8')));
}

export function serviceModelFrom(document: unknown): ServiceModel {
  const { operations, shapes } = ModelFile.parse(document);
  const known = new Map<string, Shape>();
  return {
    operations: Object.keys(operations),
    has: (operation) => Object.hasOwn(operations, operation),
    inputOf: (operation) => operations[operation]?.input?.shape,
    outputOf: (operation) => operations[operation]?.output?.shape,
    shape: (name) => {
      const before = known.get(name);
      if (before !== undefined) return before;
      if (!Object.hasOwn(shapes, name)) throw new ServiceModelMissing(`The service model has no shape ${name}.`);
      const shape = Shape.parse(shapes[name]);
      known.set(name, shape);
      return shape;
    },
  };
}
