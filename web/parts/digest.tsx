/** Twelve characters of a digest or commit; the whole is its title. */
export function Digest({ value }: { value: string }) {
  return (
    <code title={value} class="nowrap">
      {value.slice(0, 12)}
    </code>
  );
}

/** The last part of an ARN, which is what people know it by. */
export function Arn({ value }: { value: string }) {
  return <code title={value}>{value.slice(value.search(/[^:]*$/))}</code>;
}
