import { type DecisionForm, type FieldError, MAX_REASON_CHARACTERS } from '../../shared/domain/decision-form.ts';
import type { RejectionCode } from '../../shared/domain/review.ts';
import type { ReviewPacket } from '../../shared/domain/review-packet.ts';

const CODES: Record<RejectionCode, string> = {
  metrics: 'Metrics: not good enough for this use',
  data: 'Data: wrong, old or not allowed',
  fairness: 'Fairness: a group is served worse',
  risk: 'Risk: the change is too large or unclear',
  documentation: 'Documentation: something is not explained',
  timing: 'Timing: not now',
  other: 'Something else',
};

type DecisionFormProps = {
  reviewId: string;
  packetSha256: string;
  csrfToken: string;
  environments: ReviewPacket['environments'];
  typed?: DecisionForm | undefined;
  errors: readonly FieldError[];
};

/** Approve or reject, nothing preselected, with a reason. The digest says what was read. */
export function DecisionFormPart({
  reviewId,
  packetSha256,
  csrfToken,
  environments,
  typed,
  errors,
}: DecisionFormProps) {
  const order = environments.map(({ name }) => name).join(', then ');
  const errorOf = (field: FieldError['field']) => errors.find((error) => error.field === field)?.sentence;
  return (
    <form method="post" action={`/reviews/${reviewId}/decision`}>
      <input type="hidden" name="csrf" value={csrfToken} />
      <input type="hidden" name="packetSha256" value={packetSha256} />
      <fieldset id="outcome" aria-describedby={errorOf('outcome') && 'outcome-error'}>
        <legend class="hidden">Decision</legend>
        <FieldErrorText field="outcome" sentence={errorOf('outcome')} />
        <Choice
          value="approved"
          label="Approve"
          hint={`Rolls out to ${order}.`}
          isChosen={typed?.outcome === 'approved'}
        />
        <Choice
          value="rejected"
          label="Reject"
          hint="Opens an issue for the data scientist; nothing is rolled out."
          isChosen={typed?.outcome === 'rejected'}
        />
      </fieldset>
      <div class="for-rejection">
        <label for="code">What the rejection is about</label>
        <FieldErrorText field="code" sentence={errorOf('code')} />
        <select id="code" name="code" {...describedBy('code', errorOf('code'))}>
          <option value="">Choose…</option>
          {Object.entries(CODES).map(([code, words]) => (
            <option value={code} selected={typed?.code === code}>
              {words}
            </option>
          ))}
        </select>
      </div>
      <div>
        <label for="reason">Reason</label>
        <p class="hint" id="reason-hint">
          Kept with the version for good. {MAX_REASON_CHARACTERS.toLocaleString('en-US')} characters at most.
        </p>
        <FieldErrorText field="reason" sentence={errorOf('reason')} />
        <textarea id="reason" name="reason" required {...describedBy('reason', errorOf('reason'), 'reason-hint')}>
          {typed?.reason ?? ''}
        </textarea>
      </div>
      <button type="submit">Record the decision</button>
    </form>
  );
}

type ChoiceProps = { value: string; label: string; hint: string; isChosen: boolean };

function Choice({ value, label, hint, isChosen }: ChoiceProps) {
  return (
    <div class="choice">
      <input
        type="radio"
        name="outcome"
        id={value}
        value={value}
        required
        checked={isChosen}
        aria-describedby={`${value}-hint`}
      />
      <label for={value}>{label}</label>
      <span class="hint" id={`${value}-hint`}>
        {hint}
      </span>
    </div>
  );
}

function FieldErrorText({ field, sentence }: { field: string; sentence: string | undefined }) {
  if (sentence === undefined) return null;
  return (
    <p class="error" id={`${field}-error`}>
      {sentence}
    </p>
  );
}

function describedBy(field: string, error: string | undefined, hint?: string) {
  const ids = [hint, error && `${field}-error`].filter((id) => id);
  return {
    ...(ids.length > 0 && { 'aria-describedby': ids.join(' ') }),
    ...(error !== undefined && { 'aria-invalid': 'true' as const }),
  };
}
