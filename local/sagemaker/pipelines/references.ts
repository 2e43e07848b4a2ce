import { isFields } from '../api/check-request.ts';

/** A reference in a definition leads nowhere; the message is the step's FailureReason. */
export class ReferenceBroken extends Error {
  override readonly name = 'ReferenceBroken';
}

/** Any of these names an element of a list. */
const NAME_MEMBERS = ['OutputName', 'InputName', 'ChannelName', 'MetricName', 'Name'];

/** What references can reach while a step starts. */
export type ReferenceScope = {
  parameters: Record<string, string | number | boolean>;
  execution: Record<string, string>;
  /** What Describe answers for the step's job. */
  stepProperties: (step: string) => unknown;
  /** The parsed property file of a step. */
  propertyFile: (step: string, name: string) => Promise<unknown>;
  /** The parsed JSON object behind an S3 URI. */
  readJson: (uri: string) => Promise<unknown>;
};

/** Replaces every `Get`, `Std:Join` and `Std:JsonGet` in a step's arguments by its value. */
export async function resolveReferences(value: unknown, scope: ReferenceScope): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map((item) => resolveReferences(item, scope)));
  if (!isFields(value)) return value;
  const reference = onlyEntry(value);
  if (reference !== undefined) {
    const [operator, operand] = reference;
    if (operator === 'Get' && typeof operand === 'string') return get(operand, scope);
    if (operator === 'Std:Join' && isFields(operand)) return join(operand, scope);
    if (operator === 'Std:JsonGet' && isFields(operand)) return jsonGet(operand, scope);
  }
  const entries = await Promise.all(
    Object.entries(value).map(async ([key, item]) => [key, await resolveReferences(item, scope)] as const),
  );
  return Object.fromEntries(entries);
}

/** The steps that a value refers to; they must have succeeded before it can be resolved. */
export function stepsNamedIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(stepsNamedIn);
  if (!isFields(value)) return [];
  const reference = onlyEntry(value);
  if (reference?.[0] === 'Get' && typeof reference[1] === 'string') {
    const [root, step] = pathOf(reference[1]);
    return root === 'Steps' && typeof step === 'string' ? [step] : [];
  }
  return Object.values(value).flatMap(stepsNamedIn);
}

/** `a.b['c d'][0]` gives a, b, c d and 0, and so does `$.a.b['c d'][0]`. */
export function pathOf(text: string): (string | number)[] {
  const parts: (string | number)[] = [];
  for (const match of text.replace(/^\$\.?/, '').matchAll(/\[(\d+)\]|\['([^']*)'\]|\["([^"]*)"\]|([^.[\]]+)/g)) {
    parts.push(match[1] === undefined ? (match[2] ?? match[3] ?? match[4] ?? '') : Number(match[1]));
  }
  return parts;
}

/** The value at a path. In a list, a name picks the element of that name, as `Outputs['train']` does. */
export function valueAt(root: unknown, path: (string | number)[]): unknown {
  return path.reduce<unknown>((value, part) => {
    if (Array.isArray(value)) return typeof part === 'number' ? value[part] : value.find((item) => isNamed(item, part));
    return isFields(value) && Object.hasOwn(value, part) ? value[part] : undefined;
  }, root);
}

function isNamed(item: unknown, name: string): boolean {
  return isFields(item) && NAME_MEMBERS.some((member) => item[member] === name);
}

function get(reference: string, scope: ReferenceScope): unknown {
  const [root, name, ...path] = pathOf(reference);
  if (root === 'Parameters' && typeof name === 'string') return required(scope.parameters[name], reference);
  if (root === 'Execution' && typeof name === 'string') return required(scope.execution[name], reference);
  if (root === 'Steps' && typeof name === 'string')
    return required(valueAt(scope.stepProperties(name), path), reference);
  throw new ReferenceBroken(
    `ClientError: {"Get": "${reference}"} is no reference: it begins with Parameters, Steps or Execution.`,
  );
}

async function join(operand: Record<string, unknown>, scope: ReferenceScope): Promise<string> {
  const values = await resolveReferences(operand.Values, scope);
  if (!Array.isArray(values)) throw new ReferenceBroken('ClientError: Std:Join needs a list of Values.');
  return values.map(String).join(typeof operand.On === 'string' ? operand.On : '');
}

async function jsonGet(operand: Record<string, unknown>, scope: ReferenceScope): Promise<unknown> {
  const path = await resolveReferences(operand.Path, scope);
  if (typeof path !== 'string') throw new ReferenceBroken('ClientError: Std:JsonGet needs a Path.');
  const document = await jsonDocument(operand, scope);
  const value = valueAt(document, pathOf(path));
  if (value === undefined) throw new ReferenceBroken(`ClientError: Std:JsonGet finds nothing at '${path}'.`);
  return value;
}

async function jsonDocument(operand: Record<string, unknown>, scope: ReferenceScope): Promise<unknown> {
  if (operand.S3Uri !== undefined) {
    const uri = await resolveReferences(operand.S3Uri, scope);
    return scope.readJson(String(uri));
  }
  const file = isFields(operand.PropertyFile) ? operand.PropertyFile.Get : undefined;
  const [root, step, kind, name] = typeof file === 'string' ? pathOf(file) : [];
  if (root === 'Steps' && kind === 'PropertyFiles' && typeof step === 'string' && typeof name === 'string') {
    return scope.propertyFile(step, name);
  }
  throw new ReferenceBroken(
    'ClientError: Std:JsonGet needs a PropertyFile such as {"Get": "Steps.Evaluate.PropertyFiles.Report"}, or an S3Uri.',
  );
}

function onlyEntry(value: Record<string, unknown>): [string, unknown] | undefined {
  const entries = Object.entries(value);
  return entries.length === 1 ? entries[0] : undefined;
}

function required(value: unknown, reference: string): unknown {
  if (value === undefined) throw new ReferenceBroken(`ClientError: {"Get": "${reference}"} has no value.`);
  return value;
}
