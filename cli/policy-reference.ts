import * as z from 'zod';
import { Policy } from '../shared/domain/policy.ts';
import { policyMeanings } from './policy-meanings.ts';

type Schema = z.core.JSONSchema.BaseSchema;

/** One key of the policy file. */
type Key = { path: string; schema: Schema; required: boolean };

const title = 'Policy of a model: mlops.yaml';

/** JSON Schema of `mlops.yaml` for editors, each key with its meaning. */
export function policyJsonSchema(): Schema {
  const schema = z.toJSONSchema(Policy, { io: 'input' });
  for (const { path, schema: part } of keysOf(schema)) part.description = meaningOf(path).means;
  return { ...schema, title };
}

/** `docs/policy-reference.md`: every key with type, default, meaning and floor, in the order of the schema. */
export function policyReference(): string {
  const rows = uniqueByPath(keysOf(z.toJSONSchema(Policy, { io: 'input' }))).map(row);
  return [
    '# The policy file `mlops.yaml`',
    '',
    '<!-- Written by `npm run docs:policy` from the schemas in shared/domain/policy.ts; edit those. -->',
    '',
    "It stands at the top of a model's repository and is read at the commit of each run. It may be stricter than the platform's onboarding",
    'record of the model, never weaker: a weaker line is refused and named. `mlops validate` checks it with the same sentences. For completion in',
    'an editor, let it use the JSON schema `docs/schema/mlops.schema.json`.',
    '',
    '| Key | Type | Default | Meaning | Floor |',
    '|---|---|---|---|---|',
    ...rows,
    '',
    'Not offered yet, and refused in those words: a `strategy` other than `all-at-once`, `quorum` above 1, `approval.remindEvery`,',
    '`environments[].rollback`.',
    '',
    '## Metrics that a gate can name',
    '',
    'Paths begin with `binary_classification_metrics`, `multiclass_classification_metrics` or `regression_metrics` (the names of SageMaker’s',
    'reports, ending in `.value`), with `slices.<feature>.<value or *>.<metric>`, or with `custom_metrics` for metrics of your own.',
    'A metric that is missing, NaN or no number is never a pass: the verdict is then inconclusive.',
    '',
  ].join('\n');
}

function keysOf(schema: Schema, path = ''): Key[] {
  const alternatives = alternativesOf(schema);
  const inAll = (name: string) => alternatives.every((one) => (one.required ?? []).includes(name));
  return alternatives.flatMap((one) => [
    ...membersOf(one, path, inAll),
    ...entriesOf(one, path),
    ...freeNamesOf(one, path),
  ]);
}

/** The shapes that a value may have: itself, where there is no choice. */
function alternativesOf(schema: Schema): Schema[] {
  const choices = [...subSchemas(schema.anyOf), ...subSchemas(schema.oneOf)];
  return choices.length > 0 ? choices : [schema];
}

function membersOf(schema: Schema, path: string, isRequired: (name: string) => boolean): Key[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    if (typeof member === 'boolean') return [];
    const own = path === '' ? name : `${path}.${name}`;
    return [{ path: own, schema: member, required: isRequired(name) }, ...keysOf(member, own)];
  });
}

function entriesOf({ items }: Schema, path: string): Key[] {
  return typeof items === 'object' && !Array.isArray(items) ? keysOf(items, `${path}[]`) : [];
}

function freeNamesOf({ additionalProperties }: Schema, path: string): Key[] {
  if (typeof additionalProperties !== 'object') return [];
  const own = `${path}.*`;
  return [{ path: own, schema: additionalProperties, required: false }, ...keysOf(additionalProperties, own)];
}

function subSchemas(schemas: readonly (Schema | boolean)[] | undefined): Schema[] {
  return (schemas ?? []).filter((schema) => typeof schema !== 'boolean');
}

/** The three shapes of a gate have keys in common. */
function uniqueByPath(keys: readonly Key[]): Key[] {
  return [...new Map(keys.map((key) => [key.path, key])).values()];
}

function row({ path, schema, required }: Key): string {
  const { means, floor } = meaningOf(path);
  return `| \`${path}\` | ${typeText(schema)} | ${defaultText(schema, required)} | ${means} | ${floor ?? ''} |`;
}

function meaningOf(path: string) {
  const meaning = policyMeanings[path];
  if (!meaning) throw new Error(`The key ${path} has no meaning yet: say it in cli/policy-meanings.ts.`);
  return meaning;
}

function typeText(schema: Schema): string {
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.enum) return schema.enum.map((value) => `\`${String(value)}\``).join(', ');
  const alternatives = alternativesOf(schema);
  if (alternatives[0] !== schema) return [...new Set(alternatives.map(typeText))].join(' or ');
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeText({ type })).join(' or ');
  const words: Record<string, string> = {
    string: 'text',
    number: 'number',
    integer: 'whole number',
    boolean: 'true or false',
    array: 'list',
    object: 'group',
  };
  return `${words[String(schema.type)] ?? 'any'}${limitsText(schema)}`;
}

function limitsText({ type, minimum, maximum, minItems, maxItems, maxLength }: Schema): string {
  // zod writes the safe integers as limits of every whole number; no author needs them.
  const within = (limit: number | undefined) =>
    limit !== undefined && Math.abs(limit) < Number.MAX_SAFE_INTEGER ? limit : undefined;
  const lower = within(type === 'array' ? minItems : minimum);
  const upper = within(type === 'array' ? maxItems : (maximum ?? maxLength));
  const unit = type === 'string' ? ' characters' : '';
  if (lower !== undefined && upper !== undefined) return `, ${lower} to ${upper}${unit}`;
  if (lower !== undefined) return `, ≥ ${lower}${unit}`;
  return upper === undefined ? '' : `, ≤ ${upper}${unit}`;
}

function defaultText(schema: Schema, required: boolean): string {
  if (schema.default !== undefined) return `\`${JSON.stringify(schema.default)}\``;
  return required ? 'required' : '';
}
