import * as z from 'zod';

const VariableValue = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
  z.object({ value: z.union([z.string(), z.number(), z.boolean()]).optional() }),
]);

/** Variables of the CI file, short or long form, as text. */
export function readVariables(given: unknown): Record<string, string> {
  const variables = z
    .record(z.string(), VariableValue)
    .catch({})
    .parse(given ?? {});
  return Object.fromEntries(
    Object.entries(variables).map(([key, value]) => [
      key,
      String((typeof value === 'object' ? value?.value : value) ?? ''),
    ]),
  );
}
