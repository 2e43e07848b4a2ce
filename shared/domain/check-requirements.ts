/** Options of pip that only say where packages come from; with hashes they can't change what is installed. */
const HARMLESS_OPTIONS =
  /^(?:--(?:index-url|extra-index-url|require-hashes|no-index|find-links|only-binary|prefer-binary|trusted-host)\b|-i\b|-f\b)/;
const HASHED = /--hash[= ]sha(?:256|384|512):[0-9a-f]{64,}/i;

/**
 * What is wrong with a `requirements.txt` that a serving container installs at its start: a package without a hash may be another
 * one tomorrow. One sentence per line; none where every package has its hash.
 */
export function checkRequirements(text: string): string[] {
  return logicalLines(text).flatMap(({ line, number }) => {
    if (HARMLESS_OPTIONS.test(line)) return [];
    const shown = line.length > 80 ? `${line.slice(0, 79)}…` : line;
    if (line.startsWith('-')) {
      return [
        `code/requirements.txt, line ${number}: ${shown} can't be checked; name each package with its --hash instead.`,
      ];
    }
    if (HASHED.test(line)) return [];
    return [
      `code/requirements.txt, line ${number}: ${shown} has no --hash, so what runs could differ from what was approved. Pin it with pip-compile --generate-hashes.`,
    ];
  });
}

/** As pip reads them: a backslash at a line's end joins the next one, `#` begins a comment. */
function logicalLines(text: string): { line: string; number: number }[] {
  const lines: { line: string; number: number }[] = [];
  let open: { line: string; number: number } | undefined;
  for (const [index, physical] of text.split(/\r?\n/).entries()) {
    const continues = physical.endsWith('\\');
    const part = continues ? physical.slice(0, -1) : physical;
    open = { line: `${open?.line ?? ''}${part}`, number: open?.number ?? index + 1 };
    if (continues) continue;
    lines.push(open);
    open = undefined;
  }
  if (open !== undefined) lines.push(open);
  return lines
    .map(({ line, number }) => ({ line: line.replace(/(^|\s)#.*$/, '').trim(), number }))
    .filter(({ line }) => line !== '');
}
