import { SerializationException, ValidationException } from '../errors.ts';
import { matchesPattern } from './java-patterns.ts';
import type { ServiceModel, Shape } from './service-model.ts';

type Fields = Record<string, unknown>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Checks a request against the service model, in SageMaker's own words, and answers it without members that the model doesn't
 * know, with times as Date. Members are all checked before the first complaint, as the service does.
 * @throws SerializationException for a member of the wrong type
 * @throws ValidationException for missing members and broken constraints
 */
export function checkRequest(model: ServiceModel, shapeName: string, request: unknown): unknown {
  const problems: string[] = [];
  const checked = checkValue(model, shapeName, request, '', problems);
  if (problems.length > 0) {
    const count = problems.length === 1 ? '1 validation error' : `${problems.length} validation errors`;
    throw new ValidationException(`${count} detected: ${problems.join('; ')}`);
  }
  return checked;
}

function checkValue(model: ServiceModel, shapeName: string, value: unknown, path: string, problems: string[]): unknown {
  const shape = model.shape(shapeName);
  switch (shape.type) {
    case 'structure':
      return checkStructure(model, shape, value, path, problems);
    case 'list':
      return checkList(model, shape, value, path, problems);
    case 'map':
      return checkMap(model, shape, value, path, problems);
    case 'string':
      return checkString(shape, value, path, problems);
    case 'boolean':
      if (typeof value !== 'boolean') throw wrongType(value, 'Boolean', path);
      return value;
    case 'timestamp':
      return checkTime(value, path);
    case 'blob':
      return checkBlob(shape, value, path, problems);
    default:
      return checkNumber(shape, value, path, problems);
  }
}

function checkStructure(model: ServiceModel, shape: Shape, value: unknown, path: string, problems: string[]): Fields {
  if (!isFields(value)) throw wrongType(value, 'structure', path);
  const checked: Fields = {};
  const required = new Set(shape.required);
  for (const [name, member] of Object.entries(shape.members ?? {})) {
    const given = value[name];
    const memberPath = path === '' ? lowerFirst(name) : `${path}.${lowerFirst(name)}`;
    if (given === undefined || given === null) {
      if (required.has(name)) problems.push(broken('null', memberPath, 'Member must not be null'));
      continue;
    }
    checked[name] = checkValue(model, member.shape, given, memberPath, problems);
  }
  return checked;
}

function checkList(model: ServiceModel, shape: Shape, value: unknown, path: string, problems: string[]): unknown[] {
  if (!Array.isArray(value)) throw wrongType(value, 'List', path);
  checkLength(shape, value.length, shown(value), path, problems);
  const member = shape.member?.shape;
  if (member === undefined) return value;
  const found: string[] = [];
  const checked = value.map((item, index) => checkValue(model, member, item, `${path}.${index + 1}.member`, found));
  problems.push(...summed(model.shape(member), 'Member', found, value, path));
  return checked;
}

function checkMap(model: ServiceModel, shape: Shape, value: unknown, path: string, problems: string[]): Fields {
  if (!isFields(value)) throw wrongType(value, 'Map', path);
  checkLength(shape, Object.keys(value).length, shown(value), path, problems);
  const checked: Fields = {};
  const [keys, values]: [string[], string[]] = [[], []];
  for (const [key, item] of Object.entries(value)) {
    if (shape.key !== undefined) checkValue(model, shape.key.shape, key, `${path}.key`, keys);
    checked[key] =
      shape.value === undefined ? item : checkValue(model, shape.value.shape, item, `${path}.${key}.member`, values);
  }
  if (shape.key !== undefined) problems.push(...summed(model.shape(shape.key.shape), 'Map keys', keys, value, path));
  if (shape.value !== undefined)
    problems.push(...summed(model.shape(shape.value.shape), 'Map value', values, value, path));
  return checked;
}

/**
 * Plain members of lists and maps are complained about once for all of them, with the whole list or map and every constraint
 * that its members have; structures inside are complained about one by one, each at its own path.
 */
function summed(member: Shape, what: string, found: string[], whole: unknown, path: string): string[] {
  if (found.length === 0 || ['structure', 'list', 'map'].includes(member.type)) return found;
  return [broken(shown(whole), path, `${what} must satisfy constraint: [${constraintsOf(member).join(', ')}]`)];
}

function constraintsOf(shape: Shape): string[] {
  const measure = shape.type === 'string' ? 'length' : 'value';
  const least = shape.min ?? (shape.max !== undefined && measure === 'length' ? 0 : undefined);
  return [
    ...(shape.max === undefined ? [] : [`Member must have ${measure} less than or equal to ${shape.max}`]),
    ...(least === undefined ? [] : [`Member must have ${measure} greater than or equal to ${least}`]),
    ...(shape.enum === undefined ? [] : [`Member must satisfy enum value set: [${shape.enum.join(', ')}]`]),
    ...(shape.pattern === undefined ? [] : [`Member must satisfy regular expression pattern: ${shape.pattern}`]),
  ];
}

function checkString(shape: Shape, value: unknown, path: string, problems: string[]): string {
  if (typeof value !== 'string') throw wrongType(value, 'String', path);
  if (shape.enum !== undefined && !shape.enum.includes(value)) {
    problems.push(brokenMember(shape, value, path, `Member must satisfy enum value set: [${shape.enum.join(', ')}]`));
  }
  checkLength(shape, value.length, value, path, problems);
  if (shape.pattern !== undefined && !matchesPattern(shape.pattern, value)) {
    problems.push(brokenMember(shape, value, path, `Member must satisfy regular expression pattern: ${shape.pattern}`));
  }
  return value;
}

function checkNumber(shape: Shape, value: unknown, path: string, problems: string[]): number {
  const whole = shape.type === 'integer' || shape.type === 'long';
  if (typeof value !== 'number' || (whole && !Number.isInteger(value)))
    throw wrongType(value, whole ? 'Integer' : 'Float', path);
  if (shape.min !== undefined && value < shape.min) {
    problems.push(
      brokenMember(shape, String(value), path, `Member must have value greater than or equal to ${shape.min}`),
    );
  }
  if (shape.max !== undefined && value > shape.max) {
    problems.push(
      brokenMember(shape, String(value), path, `Member must have value less than or equal to ${shape.max}`),
    );
  }
  return value;
}

function checkBlob(shape: Shape, value: unknown, path: string, problems: string[]): Uint8Array {
  if (!(value instanceof Uint8Array)) throw wrongType(value, 'Blob', path);
  checkLength(shape, value.length, '', path, problems);
  return value;
}

/** Times come as seconds since 1970, as in JSON 1.1. */
function checkTime(value: unknown, path: string): Date {
  const seconds = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof seconds === 'number' && Number.isFinite(seconds)) return new Date(seconds * 1000);
  const parsed = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(parsed)) throw wrongType(value, 'Timestamp', path);
  return new Date(parsed);
}

function checkLength(shape: Shape, length: number, shown: string, path: string, problems: string[]): void {
  if (shape.min !== undefined && length < shape.min) {
    problems.push(brokenMember(shape, shown, path, `Member must have length greater than or equal to ${shape.min}`));
  }
  if (shape.max !== undefined && length > shape.max) {
    problems.push(brokenMember(shape, shown, path, `Member must have length less than or equal to ${shape.max}`));
  }
}

function broken(value: string, path: string, constraint: string): string {
  return `Value ${value === 'null' ? 'null' : `'${value}'`} ${complaint(path, constraint)}`;
}

/** What is sensitive is not repeated. */
function brokenMember(shape: Shape, value: string, path: string, constraint: string): string {
  return shape.sensitive ? `Value ${complaint(path, constraint)}` : broken(value, path, constraint);
}

function complaint(path: string, constraint: string): string {
  return `at '${path}' failed to satisfy constraint: ${constraint}`;
}

/** As Java shows lists and maps: `[a, b]`, `{k=v}`. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`;
  if (!isFields(value)) return String(value);
  return `{${Object.entries(value)
    .map(([key, item]) => `${key}=${shown(item)}`)
    .join(', ')}}`;
}

function wrongType(value: unknown, wanted: string, path: string): SerializationException {
  const given =
    value === null ? 'NULL' : Array.isArray(value) ? 'LIST' : typeof value === 'object' ? 'STRUCTURE' : typeof value;
  const article = wanted === 'Integer' ? 'an' : 'a';
  const where = path === '' ? 'the request' : path;
  return new SerializationException(
    `${given.toUpperCase()}_VALUE can not be converted to ${article} ${wanted} (at ${where})`,
  );
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
