import type { Secrets } from '../../shared/ports/secrets.ts';

type Values = {
  gitlab: Awaited<ReturnType<Secrets['gitlab']>>;
  signIn: Awaited<ReturnType<Secrets['signIn']>>;
  session: Awaited<ReturnType<Secrets['session']>>;
};

export const SIGNING_TOKEN = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

export function fakeSecrets(changes: Partial<Values> = {}): Secrets {
  const values: Values = {
    gitlab: { apiToken: 'api-token-of-the-tests', webhookSigningTokens: [SIGNING_TOKEN], webhookSecretToken: null },
    signIn: { clientId: 'mlops', clientSecret: 'client-secret-of-the-tests' },
    session: { current: Buffer.alloc(32, 1).toString('base64'), previous: null },
    ...changes,
  };
  return { gitlab: async () => values.gitlab, signIn: async () => values.signIn, session: async () => values.session };
}
