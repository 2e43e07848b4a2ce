import type { FieldError } from '../../shared/domain/decision-form.ts';

/** What keeps a form from being taken: sentences of its own, and one link per field that lacks something. */
export function ErrorSummary({
  title,
  sentences,
  errors = [],
}: {
  title: string;
  sentences: readonly string[];
  errors?: readonly FieldError[];
}) {
  if (sentences.length === 0 && errors.length === 0) return null;
  return (
    <div class="notice is-bad" role="alert" id="errors">
      <p>
        <strong>{title}</strong>
      </p>
      {sentences.map((sentence) => (
        <p>{sentence}</p>
      ))}
      {errors.length > 0 && (
        <ul>
          {errors.map(({ field, sentence }) => (
            <li>
              <a href={`#${field}`}>{sentence}</a>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
