/** The last number that the regular expression of `coverage:` finds in a log. */
export function findCoverage(pattern: string | undefined, log: string): number | null {
  const [, source, flags] = /^\/(.+)\/(i?)$/.exec(pattern ?? '') ?? [];
  if (!source) return null;
  let expression: RegExp;
  try {
    expression = new RegExp(source, `g${flags ?? ''}`);
  } catch {
    return null; // Ruby's expressions know more than these: what can't be read finds nothing
  }
  const found = [...log.matchAll(expression)].at(-1);
  const number = /\d+(?:\.\d+)?/.exec(found?.slice(1).find((group) => group !== undefined) ?? found?.[0] ?? '')?.[0];
  return number === undefined ? null : Number(number);
}
