/** As much as a timeline's line can carry, and a person reads. */
export const MAX_REASON_CHARACTERS = 1000;

/** The reason that a person gives for what they do, as one line: it is quoted in sentences, mails and on pages. */
export function readReason(text: unknown): { reason: string } | { problem: string } {
  const reason = typeof text === 'string' ? text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim() : '';
  if (reason === '') return { problem: 'Say why: a reason is recorded with it.' };
  if (reason.length <= MAX_REASON_CHARACTERS) return { reason };
  return { problem: `Shorten the reason to ${MAX_REASON_CHARACTERS} characters; it has ${reason.length}.` };
}
