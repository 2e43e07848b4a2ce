/** Something that an author must change: the file, the line where one can be told, and a sentence that says what and how. */
export type Problem = { file: string; line?: number; sentence: string };

/** `mlops.yaml:12: environments[1].strategy …`: the same line for the commit status, `mlops validate` and an editor. */
export function problemLine({ file, line, sentence }: Problem): string {
  return line === undefined ? `${file}: ${sentence}` : `${file}:${line}: ${sentence}`;
}
