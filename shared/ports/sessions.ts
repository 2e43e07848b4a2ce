import type { GitlabUser } from '../domain/run.ts';

/** A signed-in person. Membership is not part of it: it is asked from GitLab when it matters. */
export type Session = { sessionId: string; user: GitlabUser; expiresAt: string };

/** Sessions live in a signed cookie; `setCookie` values go into the answer as they are. */
export type Sessions = {
  /** The session of a request's `Cookie` header; `undefined` where it is missing, forged or over. */
  find(cookieHeader: string | undefined): Promise<Session | undefined>;
  start(user: GitlabUser): Promise<{ session: Session; setCookie: string }>;
  /** The cookie that ends the session. */
  end(): string;
  /** A token that a page of this session hands back with its form. */
  csrfToken(session: Session): Promise<string>;
  ownsCsrfToken(session: Session, token: string | undefined): Promise<boolean>;
};

/** Sign-in at GitLab by OpenID Connect. */
export type SignIn = {
  /** @throws ServiceUnavailable when GitLab can't be reached */
  begin(returnTo: string): Promise<{ redirectTo: string; setCookie: string }>;
  /**
   * Ends what `begin` began, with the callback's query. `clearCookie` goes into the answer in both cases.
   * @throws ServiceUnavailable when GitLab can't be reached
   */
  finish(
    query: string,
    cookieHeader: string | undefined,
  ): Promise<
    | { outcome: 'signed-in'; user: GitlabUser; returnTo: string; clearCookie: string }
    | { outcome: 'refused'; sentence: string; clearCookie: string }
  >;
};
