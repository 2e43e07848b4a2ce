import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

export type OpenidServer = {
  issuer: string;
  /** What the next tokens say; `nonce` and `sub` may be falsified. */
  claims: Record<string, unknown>;
  userinfo: Record<string, unknown>;
  /** Plays the person who signs in: takes the address of the redirect, gives the query of the callback. */
  signIn: (redirectTo: string) => URLSearchParams;
  stop: () => Promise<void>;
};

type Asked = { challenge: string; nonce: string };

/** A small OpenID provider that checks client, code and PKCE as GitLab does. */
export async function startOpenidServer(client: { id: string; secret: string }): Promise<OpenidServer> {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
  const codes = new Map<string, Asked>();
  const server = createServer((request, response) => {
    answer(request)
      .then(({ status, body }) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
      )
      .catch(() => response.writeHead(500).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const issuer = `http://127.0.0.1:${typeof address === 'object' ? address?.port : address}`;
  const provider: OpenidServer = {
    issuer,
    claims: { sub: '3', name: 'Sam Steward', preferred_username: 'steward-1' },
    userinfo: {},
    signIn: (redirectTo) => {
      const asked = new URL(redirectTo).searchParams;
      const code = randomUUID();
      codes.set(code, { challenge: asked.get('code_challenge') ?? '', nonce: asked.get('nonce') ?? '' });
      return new URLSearchParams({ code, state: asked.get('state') ?? '' });
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };

  async function answer(request: IncomingMessage): Promise<{ status: number; body: unknown }> {
    const path = request.url ?? '';
    if (path.startsWith('/.well-known/')) return { status: 200, body: metadata(issuer) };
    if (path === '/oauth/discovery/keys') return { status: 200, body: { keys: [jwk] } };
    if (path === '/oauth/userinfo') return { status: 200, body: provider.userinfo };
    const form = new URLSearchParams(await text(request));
    if (form.get('client_id') !== client.id || form.get('client_secret') !== client.secret)
      return { status: 401, body: { error: 'invalid_client' } };
    const asked = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (asked === undefined || asked.challenge !== challenge) return { status: 400, body: { error: 'invalid_grant' } };
    const idToken = await new SignJWT({ nonce: asked.nonce, ...provider.claims })
      .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
      .setIssuer(issuer)
      .setAudience(client.id)
      .setIssuedAt()
      .setExpirationTime('2m')
      .sign(privateKey);
    return { status: 200, body: { access_token: 'access', token_type: 'Bearer', expires_in: 7200, id_token: idToken } };
  }

  return provider;
}

function metadata(issuer: string) {
  return {
    issuer,
    authorization_endpoint: `${issuer}/oauth/authorize`,
    token_endpoint: `${issuer}/oauth/token`,
    userinfo_endpoint: `${issuer}/oauth/userinfo`,
    jwks_uri: `${issuer}/oauth/discovery/keys`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
  };
}
