import * as client from 'openid-client';
import * as z from 'zod';
import { ContractBroken, ServiceUnavailable } from '../../domain/faults.ts';
import type { GitlabUser } from '../../domain/run.ts';
import type { Secrets } from '../../ports/secrets.ts';
import type { SignIn } from '../../ports/sessions.ts';
import { type CookieScope, readCookie, setCookie } from './cookie.ts';
import { localPath } from './local-path.ts';
import { parseSigned } from './parse-signed.ts';
import { signText } from './signed-text.ts';

/** Time to type a password and a second factor. */
const SIGN_IN_SECONDS = 600;
const TIMEOUT_SECONDS = 5;

/** What the browser keeps for us while the person is at GitLab. */
const Begun = z.strictObject({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  returnTo: z.string(),
  expiresAt: z.number(),
});

/** GitLab's user id is the subject; names are for people to read. */
const Claims = z.looseObject({
  sub: z.string().regex(/^\d{1,15}$/),
  name: z.string().optional(),
  nickname: z.string().optional(),
  preferred_username: z.string().optional(),
});

type OpenidSignInOptions = CookieScope & {
  /** GitLab's address, which is its issuer. */
  issuer: string;
  secrets: Pick<Secrets, 'signIn' | 'session'>;
  now: () => string;
};

/** Authorization code with PKCE, state and nonce; the claims come from GitLab's token endpoint, never from the browser. */
export function openidSignIn({ issuer, secrets, now, ...scope }: OpenidSignInOptions): SignIn {
  let discovered: Promise<client.Configuration> | undefined;
  const gitlab = () => {
    discovered ??= discover(issuer, secrets).catch((error: unknown) => {
      discovered = undefined;
      throw asFault(error);
    });
    return discovered;
  };
  const callback = `${scope.publicUrl}/auth/callback`;
  const clearCookie = setCookie(scope, 'sign-in', '', 0);

  return {
    async begin(returnTo) {
      const configuration = await gitlab();
      const begun = {
        state: client.randomState(),
        nonce: client.randomNonce(),
        verifier: client.randomPKCECodeVerifier(),
        returnTo: localPath(returnTo, scope.publicUrl),
        expiresAt: Date.parse(now()) + SIGN_IN_SECONDS * 1000,
      };
      const redirectTo = client.buildAuthorizationUrl(configuration, {
        redirect_uri: callback,
        scope: 'openid profile email',
        state: begun.state,
        nonce: begun.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(begun.verifier),
        code_challenge_method: 'S256',
      });
      const signed = signText('sign-in', JSON.stringify(begun), await secrets.session());
      return { redirectTo: redirectTo.href, setCookie: setCookie(scope, 'sign-in', signed, SIGN_IN_SECONDS) };
    },

    async finish(query, cookieHeader) {
      const refused = (sentence: string) => ({ outcome: 'refused' as const, sentence, clearCookie });
      const cookie = readCookie(scope, 'sign-in', cookieHeader);
      const begun = cookie && parseSigned(Begun, 'sign-in', cookie, await secrets.session());
      if (!begun || begun.expiresAt <= Date.parse(now())) {
        return refused('This sign-in was not begun in this browser, or more than ten minutes ago. Sign in again.');
      }
      try {
        const user = await askWhoItIs(await gitlab(), new URL(`${callback}?${query}`), begun);
        return { outcome: 'signed-in', user, returnTo: localPath(begun.returnTo, scope.publicUrl), clearCookie };
      } catch (error) {
        const sentence = refusalOf(error);
        if (sentence === undefined) throw asFault(error);
        return refused(sentence);
      }
    },
  };
}

async function discover(issuer: string, secrets: Pick<Secrets, 'signIn'>): Promise<client.Configuration> {
  const { clientId, clientSecret } = await secrets.signIn();
  // In the body: GitLab does not undo the percent-encoding that OAuth asks for in the Basic header, and its secrets hold hyphens.
  return client.discovery(new URL(issuer), clientId, undefined, client.ClientSecretPost(clientSecret), {
    timeout: TIMEOUT_SECONDS,
    execute: isLoopback(issuer) ? [client.allowInsecureRequests] : [],
  });
}

/** Plain http never leaves the machine: it is allowed to a loopback address only. */
function isLoopback(issuer: string): boolean {
  const { protocol, hostname } = new URL(issuer);
  return protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
}

async function askWhoItIs(
  configuration: client.Configuration,
  callback: URL,
  begun: z.infer<typeof Begun>,
): Promise<GitlabUser> {
  const tokens = await client.authorizationCodeGrant(configuration, callback, {
    pkceCodeVerifier: begun.verifier,
    expectedState: begun.state,
    expectedNonce: begun.nonce,
    idTokenExpected: true,
  });
  const claims = parseClaims(tokens.claims());
  // Older versions of GitLab put the names into userinfo only.
  const named = claims.name
    ? claims
    : parseClaims(await client.fetchUserInfo(configuration, tokens.access_token, claims.sub));
  const username = named.preferred_username ?? named.nickname ?? `user-${claims.sub}`;
  return { id: Number(claims.sub), username, name: named.name ?? username };
}

function parseClaims(claims: unknown): z.infer<typeof Claims> {
  const parsed = Claims.safeParse(claims);
  if (!parsed.success) throw new ContractBroken(`GitLab's claims are not as agreed: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** What the person did or let expire, in words; `undefined` where GitLab or our settings are at fault. */
function refusalOf(error: unknown): string | undefined {
  if (error instanceof client.AuthorizationResponseError) {
    return error.error === 'access_denied'
      ? 'GitLab says that access was denied. Sign in again and allow it.'
      : 'GitLab refused the sign-in. Sign in again.';
  }
  if (error instanceof client.ResponseBodyError && error.error === 'invalid_grant') {
    return 'This sign-in was used already, or it took too long. Sign in again.';
  }
  if (error instanceof client.ClientError && !isOutage(error)) {
    return 'The answer that came back from GitLab does not belong to this sign-in. Sign in again.';
  }
  return undefined;
}

function isOutage(error: client.ClientError): boolean {
  const outages = [
    'OAUTH_TIMEOUT',
    'OAUTH_ABORT',
    'OAUTH_RESPONSE_IS_NOT_CONFORM',
    'OAUTH_RESPONSE_IS_NOT_JSON',
    'OAUTH_PARSE_ERROR',
  ];
  return error.code !== undefined && outages.includes(error.code);
}

function asFault(error: unknown): Error {
  if (error instanceof client.ResponseBodyError && error.status < 500) {
    return new ContractBroken(
      `GitLab refused our client (${error.error}). Compare the secret mlops-<stage>/oidc with the application in GitLab.`,
      { cause: error },
    );
  }
  const isOurs = error instanceof ContractBroken || (error instanceof Error && 'transient' in error);
  return isOurs
    ? error
    : new ServiceUnavailable('GitLab could not be reached for sign-in. Try again in a minute.', { cause: error });
}
