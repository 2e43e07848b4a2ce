/** A path into the report, which may break after its dots and underscores. */
export function MetricName({ path }: { path: string }) {
  return (
    <code>
      {path.split(/(?<=[._])/).map((part, index) => (
        <>
          {index > 0 && <wbr />}
          {part}
        </>
      ))}
    </code>
  );
}
