/** Text that comes from data, without characters that would move a terminal's cursor or turn its lines. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '�');
}
