/** Secrets by purpose. Values are held in memory for minutes at most and never logged. */
export type Secrets = {
  gitlab(): Promise<{ apiToken: string; webhookSigningTokens: string[]; webhookSecretToken: string | null }>;
  signIn(): Promise<{ clientId: string; clientSecret: string }>;
  session(): Promise<{ current: string; previous: string | null }>;
};
