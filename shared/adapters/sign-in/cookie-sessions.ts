import * as z from 'zod';
import { Timestamp } from '../../domain/identifiers.ts';
import { GitlabUser } from '../../domain/run.ts';
import type { Secrets } from '../../ports/secrets.ts';
import type { Session, Sessions } from '../../ports/sessions.ts';
import { type CookieScope, readCookie, setCookie } from './cookie.ts';
import { parseSigned } from './parse-signed.ts';
import { isSignedBy, signText, tokenFor } from './signed-text.ts';

/** A working day: long enough for a review, short enough that a forgotten browser is no key. */
const SESSION_SECONDS = 8 * 60 * 60;

const StoredSession = z.strictObject({ sessionId: z.string().min(16), user: GitlabUser, expiresAt: Timestamp });

type CookieSessionsOptions = CookieScope & {
  secrets: Pick<Secrets, 'session'>;
  now: () => string;
  /** 128 random bits in hex. */
  newId: () => string;
};

/** Sessions in a signed cookie: nothing is stored, so the pages' role needs no write. */
export function cookieSessions({ secrets, now, newId, ...scope }: CookieSessionsOptions): Sessions {
  return {
    async find(cookieHeader) {
      const cookie = readCookie(scope, 'session', cookieHeader);
      if (cookie === undefined) return undefined;
      const session = parseSigned(StoredSession, 'session', cookie, await secrets.session());
      return session !== undefined && Date.parse(session.expiresAt) > Date.parse(now()) ? session : undefined;
    },

    async start(user) {
      const expiresAt = new Date(Date.parse(now()) + SESSION_SECONDS * 1000).toISOString();
      const session: Session = { sessionId: newId(), user, expiresAt };
      const signed = signText('session', JSON.stringify(session), await secrets.session());
      return { session, setCookie: setCookie(scope, 'session', signed, SESSION_SECONDS) };
    },

    end: () => setCookie(scope, 'session', '', 0),

    async csrfToken(session) {
      return tokenFor('csrf', session.sessionId, await secrets.session());
    },

    async ownsCsrfToken(session, token) {
      return token !== undefined && isSignedBy('csrf', session.sessionId, token, await secrets.session());
    },
  };
}
