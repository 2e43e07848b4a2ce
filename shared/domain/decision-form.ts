import { RejectionCode } from './review.ts';

/** What a steward typed, as it came: kept so that nothing has to be typed twice. */
export type DecisionForm = { outcome: string; reason: string; code: string; packetSha256: string };

/** A complaint about one field; the field's name is its id on the page. */
export type FieldError = { field: keyof DecisionForm; sentence: string };

type DecisionWish =
  | { outcome: 'approved'; reason: string; packetSha256: string }
  | { outcome: 'rejected'; reason: string; code: RejectionCode; packetSha256: string };

export const MAX_REASON_CHARACTERS = 2000;

/** Reads the form; every complaint is given at once. */
export function readDecisionForm(form: DecisionForm): { wish: DecisionWish } | { errors: FieldError[] } {
  const reason = form.reason.replaceAll('\r\n', '\n').trim();
  const errors: FieldError[] = [];
  const complain = (field: FieldError['field'], sentence: string) => errors.push({ field, sentence });
  const code = RejectionCode.safeParse(form.code).data;

  if (form.outcome !== 'approved' && form.outcome !== 'rejected')
    complain('outcome', 'Choose to approve or to reject.');
  if (form.outcome === 'rejected' && code === undefined) complain('code', 'Choose what the rejection is about.');
  if (reason === '') complain('reason', 'Write a reason: it is kept with the version.');
  if (reason.length > MAX_REASON_CHARACTERS) {
    complain('reason', `Shorten the reason to ${MAX_REASON_CHARACTERS} characters; it has ${reason.length}.`);
  }
  const { packetSha256 } = form;
  if (errors.length > 0) return { errors };
  if (form.outcome === 'rejected' && code !== undefined)
    return { wish: { outcome: 'rejected', reason, code, packetSha256 } };
  return { wish: { outcome: 'approved', reason, packetSha256 } };
}
