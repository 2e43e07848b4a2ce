/** Where cookies of this stage apply: two stages, or two apps on one host, never meet. */
export type CookieScope = { stage: string; publicUrl: string };

/** Over https the prefix `__Host-` makes browsers refuse the cookie from anywhere else. */
function cookieName(scope: CookieScope, purpose: 'session' | 'sign-in'): string {
  return `${isSecure(scope) ? '__Host-' : ''}mlops-${scope.stage}-${purpose}`;
}

/** A `Set-Cookie` value; `maxAgeSeconds` 0 removes the cookie. */
export function setCookie(
  scope: CookieScope,
  purpose: 'session' | 'sign-in',
  value: string,
  maxAgeSeconds: number,
): string {
  const attributes = [
    'Path=/',
    `Max-Age=${maxAgeSeconds}`,
    'HttpOnly',
    'SameSite=Lax',
    ...(isSecure(scope) ? ['Secure'] : []),
  ];
  return [`${cookieName(scope, purpose)}=${value}`, ...attributes].join('; ');
}

/** The value of one of our cookies; they hold letters, digits, `-`, `_` and `.` only, so nothing is to be decoded. */
export function readCookie(
  scope: CookieScope,
  purpose: 'session' | 'sign-in',
  header: string | undefined,
): string | undefined {
  const prefix = `${cookieName(scope, purpose)}=`;
  return header
    ?.split(';')
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(prefix))
    ?.slice(prefix.length);
}

function isSecure(scope: CookieScope): boolean {
  return scope.publicUrl.startsWith('https://');
}
