import { matchesPattern } from '../../../local/sagemaker/api/java-patterns.ts';
import type { ServiceModel, Shape } from '../../../local/sagemaker/api/service-model.ts';

type Fields = Record<string, unknown>;
/** Where in a request: names of members, positions in lists, keys of maps. */
export type Path = (string | number)[];
/** A spot of a sample request with its shape, and the structure members that it could lack. */
export type Spot = { path: Path; shape: Shape; required: boolean };

const account = 'eu-central-1:000000000000';
/** One of these is right for almost every pattern of the API; the walk says so where none is. */
const TEXTS = [
  'abc',
  'Abcdefghij0123456789abcdefghij0123456789',
  's3://bucket/key',
  '1',
  'text/csv',
  'arn:aws:iam::000000000000:role/abcdefgh',
  ...[
    'pipeline/a/execution/b',
    'model-package/a/1',
    'model-package-group/a',
    'training-plan/abcdefghijklmnop',
    'x/a',
  ].map((name) => `arn:aws:sagemaker:${account}:${name}`),
  `arn:aws:lambda:${account}:function:f`,
  'arn:aws:states:::activity:a',
  `arn:aws:sns:${account}:topic`,
  `arn:aws:sagemaker:${account}:mlflow-server/a`,
  `arn:aws:sagemaker:${account}:hub-content/a/DataSet/a`,
  `arn:aws:sagemaker:${account}:hub-content/a/Model/a`,
  '10K',
  'fs-01234567890',
  '1.2.3',
  '/opt/ml/processing/a',
  'sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
  '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
  '10.0.0.0/16',
  'https://example.com/a',
  'sg-0123456789abcdef0',
  'abcdefghij',
  '',
];

/** A request that has every member that the service model knows, at every depth, each within its bounds. */
export function sampleOf(model: ServiceModel, shapeName: string): unknown {
  const shape = model.shape(shapeName);
  switch (shape.type) {
    case 'structure':
      return Object.fromEntries(
        Object.entries(shape.members ?? {}).map(([name, member]) => [name, sampleOf(model, member.shape)]),
      );
    case 'list': {
      const item = sampleOf(model, shape.member?.shape ?? '');
      return Array.from({ length: Math.max(1, shape.min ?? 0) }, () => structuredClone(item));
    }
    case 'map':
      return { [String(sampleOf(model, shape.key?.shape ?? ''))]: sampleOf(model, shape.value?.shape ?? '') };
    case 'string':
      return shape.enum?.[0] ?? textFor(shape);
    case 'boolean':
      return true;
    case 'blob':
      return new Uint8Array(Math.max(1, shape.min ?? 0));
    case 'timestamp':
      return 1_700_000_000;
    default:
      return Math.max(shape.min ?? 0, Math.min(1, shape.max ?? 1));
  }
}

function textFor(shape: Shape): string {
  const fits = (text: string) =>
    text.length >= (shape.min ?? 0) &&
    text.length <= (shape.max ?? Number.POSITIVE_INFINITY) &&
    (shape.pattern === undefined || matchesPattern(shape.pattern, text));
  const found = TEXTS.find(fits);
  if (found === undefined) throw new Error(`No sample text for ${JSON.stringify(shape)}: add one.`);
  return found;
}

/** Every spot of a sample, the request itself left out. */
export function spotsOf(model: ServiceModel, shapeName: string, sample: unknown, path: Path = []): Spot[] {
  const shape = model.shape(shapeName);
  if (shape.type === 'structure' && isFields(sample)) {
    const required = new Set(shape.required);
    return Object.entries(shape.members ?? {}).flatMap(([name, member]) => {
      if (!Object.hasOwn(sample, name)) return [];
      const at = [...path, name];
      const spot = { path: at, shape: model.shape(member.shape), required: required.has(name) };
      return [spot, ...spotsOf(model, member.shape, sample[name], at)];
    });
  }
  const member = shape.member?.shape ?? shape.value?.shape;
  if (member === undefined) return [];
  const inner = Array.isArray(sample) ? sample.slice(0, 1).entries() : isFields(sample) ? Object.entries(sample) : [];
  return [...inner].flatMap(([key, item]) => {
    const at = [...path, key];
    return [{ path: at, shape: model.shape(member), required: false }, ...spotsOf(model, member, item, at)];
  });
}

/** Texts of which one breaks any pattern that can be broken. */
const STRANGE = ['!', 'é', ' ', '\n', '-', 'not an address', ''];

/** A text that the pattern does not match and the length allows; `undefined` where the pattern lets anything through. */
export function breakingText({ pattern, min = 0, max = Number.POSITIVE_INFINITY }: Shape): string | undefined {
  return STRANGE.map((text) => text.repeat(text.length < min ? min : 1)).find(
    (text) => pattern !== undefined && text.length >= min && text.length <= max && !matchesPattern(pattern, text),
  );
}

/** A copy of the request with another value at the spot; `undefined` takes the member away. */
export function changedAt(request: unknown, [first, ...rest]: Path, value: unknown): unknown {
  if (first === undefined) return value;
  if (Array.isArray(request))
    return request.map((item, index) => (index === first ? changedAt(item, rest, value) : item));
  if (!isFields(request)) return request;
  const { [first]: before, ...others } = request;
  const after = changedAt(before, rest, value);
  return after === undefined ? others : { ...others, [first]: after };
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
