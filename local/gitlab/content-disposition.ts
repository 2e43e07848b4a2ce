const hex = (byte: number) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;

const percent = (text: string, escaped: RegExp) =>
  text.replace(escaped, (part) => [...Buffer.from(part)].map(hex).join(''));

/** Offers a file under its name: once in plain letters, and once as it is, for those that read RFC 5987. */
export function attachmentNamed(name: string): string {
  const whole = name.toWellFormed();
  const plain = whole
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\p{ASCII}]/gu, '?');
  const quoted = percent(plain, /[^ A-Za-z0-9!#$+.^_`|~?-]/g);
  return `attachment; filename="${quoted}"; filename*=UTF-8''${percent(whole, /[^A-Za-z0-9!#$&+.^_`|~-]+/gu)}`;
}
