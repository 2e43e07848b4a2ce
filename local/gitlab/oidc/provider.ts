import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import Provider, { type ClientMetadata, type Configuration, interactionPolicy } from 'oidc-provider';
import type { Caller } from '../rest/api.ts';
import type { Application } from '../rows/users.ts';
import type { World } from '../world.ts';
import { claimsOf } from './claims.ts';
import { PROVIDER_COOKIE, SESSION_COOKIE, userOfSession } from './session-cookie.ts';
import { fileStorage } from './storage.ts';

const HOUR = 3600;
const TOKEN_SECONDS = 2 * HOUR;
const SCOPES = [
  'openid',
  'profile',
  'email',
  'offline_access',
  'api',
  'read_api',
  'read_user',
  'read_repository',
  'write_repository',
];
const IDENTITY = ['sub_legacy', 'groups_direct'];
const PROFILE = ['name', 'nickname', 'preferred_username', 'profile', 'picture', 'website'];
const ROLES = ['owner', 'maintainer', 'developer'].map((role) => `https://gitlab.org/claims/groups/${role}`);
const PATHS =
  /^\/(oauth\/(authorize|token|userinfo|introspect|revoke|discovery\/keys)(\/|$)|\.well-known\/openid-configuration$)/;

/** How the client of the request at hand authenticates: GitLab takes the secret in the header and in the body. */
const clientAuthentication = new AsyncLocalStorage<'client_secret_basic' | 'client_secret_post'>();

export interface SignIn {
  serves(path: string): boolean;
  handle(request: IncomingMessage, response: ServerResponse): void;
  provider: Provider;
  /** The user behind an access token that sign-in gave out. */
  findCaller(accessToken: string): Promise<Caller | undefined>;
}

function asClient(application: Application): ClientMetadata {
  return {
    client_id: application.application_id,
    client_name: application.name,
    redirect_uris: application.redirect_uri.split(/\s+/).filter(Boolean),
    response_types: ['code'],
    grant_types: ['authorization_code', 'refresh_token'],
    scope: [...new Set([...application.scopes.split(' '), 'offline_access'])]
      .filter((scope) => SCOPES.includes(scope))
      .join(' '),
    ...(application.confidential
      ? {
          client_secret: application.secret,
          token_endpoint_auth_method: clientAuthentication.getStore() ?? 'client_secret_basic',
        }
      : { token_endpoint_auth_method: 'none' }),
  };
}

/** Asks for sign-in also when the stand-in's own session has ended or belongs to someone else. */
function policyOf(world: World): interactionPolicy.DefaultPolicy {
  const policy = interactionPolicy.base();
  const { Check } = interactionPolicy;
  policy.get('login')?.checks.add(
    new Check('signed_out', 'The session of the server has ended', (ctx) => {
      const user = userOfSession(world, ctx.cookies.get(SESSION_COOKIE));
      return ctx.oidc.session?.accountId !== undefined && String(user?.id) !== ctx.oidc.session.accountId;
    }),
  );
  return policy;
}

function configurationOf(world: World): Configuration {
  const findClient = (id: string) => {
    const application = world.db.applications.find((row) => row.application_id === id);
    return application ? asClient(application) : undefined;
  };
  return {
    adapter: fileStorage(join(world.stateDir, 'sign-in'), world.now, findClient),
    jwks: { keys: [world.signingKeys.jwk] },
    cookies: {
      keys: [world.signingKeys.cookieSecret],
      names: {
        session: PROVIDER_COOKIE,
        interaction: '_gitlab_standin_interaction',
        resume: '_gitlab_standin_resume',
      },
      long: { signed: true, httpOnly: true, sameSite: 'lax' },
      short: { signed: true, httpOnly: true, sameSite: 'lax' },
    },
    routes: {
      authorization: '/oauth/authorize',
      token: '/oauth/token',
      userinfo: '/oauth/userinfo',
      introspection: '/oauth/introspect',
      revocation: '/oauth/revoke',
      jwks: '/oauth/discovery/keys',
    },
    scopes: SCOPES,
    claims: { openid: ['sub', ...IDENTITY, 'groups', ...ROLES], profile: PROFILE, email: ['email', 'email_verified'] },
    conformIdTokenClaims: false,
    pkce: { required: () => false },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      introspection: { enabled: true },
      revocation: { enabled: true },
      userinfo: { enabled: true },
    },
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    interactions: { policy: policyOf(world), url: (_ctx, interaction) => `/users/sign_in/${interaction.uid}` },
    ttl: {
      AccessToken: TOKEN_SECONDS,
      IdToken: TOKEN_SECONDS,
      AuthorizationCode: 600,
      Interaction: HOUR,
      Grant: 14 * 24 * HOUR,
      RefreshToken: 14 * 24 * HOUR,
      Session: 14 * 24 * HOUR,
    },
    findAccount: (_ctx, sub) => {
      const user = world.db.users.get(Number(sub));
      if (user?.state !== 'active') return undefined;
      return {
        accountId: sub,
        claims: (use) => {
          const { groups, ...claims } = claimsOf(world, user);
          return use === 'userinfo' ? { groups, ...claims } : claims;
        },
      };
    },
    // The users of a laptop's applications consent once and for all.
    loadExistingGrant: async (ctx) => {
      const { client, session, params } = ctx.oidc;
      if (!client || !session?.accountId) return undefined;
      const grant = new ctx.oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope(String(params?.scope ?? 'openid'));
      await grant.save();
      return grant;
    },
    renderError: (ctx, out) => {
      ctx.type = 'text/plain';
      ctx.body = `Sign-in could not go on: ${out.error_description ?? out.error}. Go back to the application and start again.`;
    },
  };
}

/** OpenID Connect under GitLab's addresses; `sub` is the user's id as text. */
export function openSignIn(world: World): SignIn {
  const provider = new Provider(world.url, configurationOf(world));
  provider.proxy = new URL(world.url).protocol === 'https:';
  const callback = provider.callback();
  return {
    provider,
    serves: (path) => PATHS.test(path),
    handle: (request, response) => {
      const basic = /^basic /i.test(request.headers.authorization ?? '');
      clientAuthentication.run(
        basic ? 'client_secret_basic' : 'client_secret_post',
        () => void callback(request, response),
      );
    },
    findCaller: async (accessToken) => {
      const token = await provider.AccessToken.find(accessToken);
      const user = token ? world.db.users.get(Number(token.accountId)) : undefined;
      return token && user?.state === 'active' ? { user, scopes: (token.scope ?? '').split(' ') } : undefined;
    },
  };
}
