import { MAX_REASON_CHARACTERS } from '../../shared/domain/read-reason.ts';

type ReasonFormProps = {
  action: string;
  csrfToken: string;
  /** What pressing the button does. */
  explanation: string;
  button: string;
};

/** One thing to do, and why. The reason is recorded with the person's name. */
export function ReasonForm({ action, csrfToken, explanation, button }: ReasonFormProps) {
  return (
    <form method="post" action={action}>
      <input type="hidden" name="csrf" value={csrfToken} />
      <p>{explanation}</p>
      <div>
        <label for="reason">Reason</label>
        <p class="hint" id="reason-hint">
          Recorded with your name, for good. {MAX_REASON_CHARACTERS.toLocaleString('en-US')} characters at most.
        </p>
        <textarea
          id="reason"
          name="reason"
          required
          maxlength={MAX_REASON_CHARACTERS}
          aria-describedby="reason-hint"
        ></textarea>
      </div>
      <button type="submit">{button}</button>
    </form>
  );
}
