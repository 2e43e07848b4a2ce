import { createHmac, timingSafeEqual } from 'node:crypto';

/** The key that signs, and those that are still believed: a rotation signs nobody out. */
export type SigningKeys = { current: string; previous: string | null };

function macOf(purpose: string, text: string, key: string): Buffer {
  return createHmac('sha256', key).update(`${purpose}\n${text}`).digest();
}

/** `<base64url of the text>.<HMAC-SHA-256>`; the purpose keeps one kind of text from being taken for another. */
export function signText(purpose: string, text: string, keys: SigningKeys): string {
  const encoded = Buffer.from(text).toString('base64url');
  return `${encoded}.${macOf(purpose, encoded, keys.current).toString('base64url')}`;
}

/** The text, `undefined` where the signature is by none of the keys. */
export function openSignedText(purpose: string, signed: string, keys: SigningKeys): string | undefined {
  const [encoded, signature, ...rest] = signed.split('.');
  if (encoded === undefined || signature === undefined || rest.length > 0) return undefined;
  return isSignedBy(purpose, encoded, signature, keys) ? Buffer.from(encoded, 'base64url').toString() : undefined;
}

/** A token that stands for `text`, where the text itself is known to whoever checks it. */
export function tokenFor(purpose: string, text: string, keys: SigningKeys): string {
  return macOf(purpose, text, keys.current).toString('base64url');
}

export function isSignedBy(purpose: string, text: string, signature: string, keys: SigningKeys): boolean {
  const given = Buffer.from(signature, 'base64url');
  const believed = keys.previous === null ? [keys.current] : [keys.current, keys.previous];
  return believed.some((key) => {
    const expected = macOf(purpose, text, key);
    return expected.length === given.length && timingSafeEqual(expected, given);
  });
}
