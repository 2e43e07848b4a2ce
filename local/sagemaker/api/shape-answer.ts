import { isFields } from './check-request.ts';
import type { ServiceModel } from './service-model.ts';

/** An answer of ours lacks a member that the service model requires: a defect of this server. */
class AnswerIncomplete extends Error {
  override readonly name = 'AnswerIncomplete';
}

/** Keeps the members that the service model knows, writes times as seconds since 1970. */
export function shapeAnswer(model: ServiceModel, shapeName: string, answer: unknown): unknown {
  return shapeValue(model, shapeName, answer, shapeName);
}

function shapeValue(model: ServiceModel, shapeName: string, value: unknown, path: string): unknown {
  const shape = model.shape(shapeName);
  if (shape.type === 'timestamp') return value instanceof Date ? value.getTime() / 1000 : value;
  if (shape.type === 'list' && Array.isArray(value) && shape.member !== undefined) {
    const member = shape.member.shape;
    return value.map((item) => shapeValue(model, member, item, path));
  }
  if (!isFields(value)) return value;
  if (shape.type === 'map' && shape.value !== undefined) {
    const member = shape.value.shape;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, shapeValue(model, member, item, `${path}.${key}`)]),
    );
  }
  if (shape.type !== 'structure') return value;
  const shaped: Record<string, unknown> = {};
  const required = new Set(shape.required);
  for (const [name, member] of Object.entries(shape.members ?? {})) {
    const given = value[name];
    if (given !== undefined) shaped[name] = shapeValue(model, member.shape, given, `${path}.${name}`);
    else if (required.has(name)) throw new AnswerIncomplete(`${path} lacks ${name}.`);
  }
  return shaped;
}
