/** Somewhere to go after sign-in: a path on this host and no other, else the front page. */
export function localPath(wanted: string | undefined, publicUrl: string): string {
  if (wanted === undefined || !/^\/(?![/\\])[\x21-\x7e]*$/.test(wanted) || wanted.includes('\\')) return '/';
  const url = URL.parse(wanted, publicUrl);
  if (url === null || url.origin !== new URL(publicUrl).origin || url.pathname.startsWith('/auth/')) return '/';
  return `${url.pathname}${url.search}`;
}
