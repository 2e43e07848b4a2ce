/** The token of an `Authorization: Bearer …` header; `undefined` for any other header. */
export function bearerTokenOf(authorization: string | undefined): string | undefined {
  return /^Bearer +([^\s]+) *$/i.exec(authorization ?? '')?.[1];
}
