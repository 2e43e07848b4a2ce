/** Descriptions as SageMaker takes them: without line breaks, which its patterns refuse, and not longer than its bound. */
export function oneLine(text: string, longest = 1024): string {
  return text
    .replaceAll(/\s*[\r\n\u0085\u2028\u2029]+\s*/g, ' ')
    .trim()
    .slice(0, longest);
}
