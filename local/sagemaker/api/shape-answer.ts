import { isFields } from './check-request.ts';
import type { ServiceModel, Shape } from './service-model.ts';

/** An answer of ours is none that the service model allows: a defect of this server. */
class AnswerMalformed extends Error {
  override readonly name = 'AnswerMalformed';
}

/** Keeps the members that the service model knows, writes times as seconds since 1970. @throws AnswerMalformed */
export function shapeAnswer(model: ServiceModel, shapeName: string, answer: unknown): unknown {
  return shapeValue(model, shapeName, answer, shapeName);
}

function shapeValue(model: ServiceModel, shapeName: string, value: unknown, path: string): unknown {
  const shape = model.shape(shapeName);
  switch (shape.type) {
    case 'structure':
      return shapeStructure(model, shape, value, path);
    case 'list':
      return shapeList(model, shape, value, path);
    case 'map':
      return shapeMap(model, shape, value, path);
    case 'timestamp':
      if (!(value instanceof Date)) throw malformed(path, 'must be a time');
      return value.getTime() / 1000;
    case 'string':
      if (typeof value !== 'string') throw malformed(path, 'must be a text');
      if (shape.enum !== undefined && !shape.enum.includes(value))
        throw malformed(path, `can't be '${value}': it is one of ${shape.enum.join(', ')}`);
      return value;
    case 'boolean':
      if (typeof value !== 'boolean') throw malformed(path, 'must be true or false');
      return value;
    default:
      return shapeNumber(shape, value, path);
  }
}

function shapeStructure(model: ServiceModel, shape: Shape, value: unknown, path: string): Record<string, unknown> {
  if (!isFields(value)) throw malformed(path, 'must be an object');
  const shaped: Record<string, unknown> = {};
  const required = new Set(shape.required);
  for (const [name, member] of Object.entries(shape.members ?? {})) {
    const given = value[name];
    if (given !== undefined) shaped[name] = shapeValue(model, member.shape, given, `${path}.${name}`);
    else if (required.has(name)) throw malformed(path, `lacks ${name}`);
  }
  return shaped;
}

function shapeList(model: ServiceModel, shape: Shape, value: unknown, path: string): unknown[] {
  const member = shape.member?.shape;
  if (!Array.isArray(value) || member === undefined) throw malformed(path, 'must be a list');
  return value.map((item, index) => shapeValue(model, member, item, `${path}[${index}]`));
}

function shapeMap(model: ServiceModel, shape: Shape, value: unknown, path: string): Record<string, unknown> {
  const member = shape.value?.shape;
  if (!isFields(value) || member === undefined) throw malformed(path, 'must be a map');
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, shapeValue(model, member, item, `${path}.${key}`)]),
  );
}

function shapeNumber(shape: Shape, value: unknown, path: string): number {
  const whole = shape.type === 'integer' || shape.type === 'long';
  if (typeof value !== 'number' || !Number.isFinite(value) || (whole && !Number.isInteger(value)))
    throw malformed(path, `must be a number of the type ${shape.type}`);
  return value;
}

function malformed(path: string, words: string): AnswerMalformed {
  return new AnswerMalformed(`${path} ${words}.`);
}
