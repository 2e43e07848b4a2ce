import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import * as z from 'zod';

const State = z.looseObject({
  Type: z.string(),
  Resource: z.string().optional(),
  TimeoutSeconds: z.number().optional(),
  Next: z.string().optional(),
  Arguments: z
    .looseObject({ FunctionName: z.string().optional(), Payload: z.record(z.string(), z.unknown()).optional() })
    .optional(),
  Choices: z.array(z.looseObject({ Condition: z.string(), Next: z.string() })).optional(),
  Default: z.string().optional(),
  Catch: z.array(z.looseObject({ ErrorEquals: z.array(z.string()), Next: z.string() })).optional(),
  Assign: z.record(z.string(), z.unknown()).optional(),
  Output: z.unknown().optional(),
});
export type State = z.infer<typeof State>;

const Machine = z.looseObject({ StartAt: z.string(), States: z.record(z.string(), State) });

/** A workflow of statemachines/, as the deployment reads it. */
export function readWorkflow(name: 'model-lifecycle' | 'endpoint-rollout' | 'endpoint-rollback') {
  return Machine.parse(load(readFileSync(`statemachines/${name}.asl.yaml`, 'utf8')));
}
