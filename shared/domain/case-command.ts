/** What a person may write under a case's issue. */
export type CaseCommand =
  | { kind: 'none' }
  | { kind: 'snooze'; milliseconds: number }
  | { kind: 'not-understood'; why: string };

const UNIT_MILLISECONDS: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const LONGEST_SNOOZE_MILLISECONDS = 30 * 86_400_000;

/** Whether a comment speaks to the control plane: one of its lines begins with `/mlops`. */
export function isCommand(note: string): boolean {
  return lineOf(note) !== undefined;
}

/** The first command of a comment; what stands around it is for people. */
export function readCommand(note: string): CaseCommand {
  const line = lineOf(note);
  if (line === undefined) return { kind: 'none' };
  const [, verb, span, ...rest] = line.trim().split(/\s+/);
  if (verb?.toLowerCase() !== 'snooze') return notUnderstood('The only command is `snooze`.');
  const [, count, unit] = /^(\d{1,4})([hdw])$/i.exec(span ?? '') ?? [];
  const unitMilliseconds = UNIT_MILLISECONDS[unit?.toLowerCase() ?? ''];
  if (unitMilliseconds === undefined || rest.length > 0)
    return notUnderstood(
      'How long is a number with `h` for hours, `d` for days or `w` for weeks, and nothing after it.',
    );
  const milliseconds = Number(count) * unitMilliseconds;
  if (milliseconds === 0 || milliseconds > LONGEST_SNOOZE_MILLISECONDS)
    return notUnderstood('A case can be silenced for at least an hour and at most 30 days.');
  return { kind: 'snooze', milliseconds };
}

function notUnderstood(why: string): CaseCommand {
  return { kind: 'not-understood', why };
}

function lineOf(note: string): string | undefined {
  return note.split(/\r?\n/).find((line) => /^\s{0,3}\/mlops(\s|$)/i.test(line));
}
