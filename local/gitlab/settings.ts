import { resolve } from 'node:path';
import * as z from 'zod';

export class GitlabSettingsError extends Error {
  override readonly name = 'GitlabSettingsError';
}

const OauthClient = z.object({
  application_id: z.string().min(1),
  secret: z.string().min(1),
  name: z.string().default('application'),
  redirect_uri: z.string().min(1),
  scopes: z.string().default('openid profile email'),
  confidential: z.boolean().default(true),
});
export type OauthClient = z.infer<typeof OauthClient>;

/** What a caller of `startGitlab` may choose. */
export interface GitlabConfig {
  /** Folder for repositories, rows, job logs and keys; survives restarts. */
  stateDir: string;
  host?: string;
  /** 0 takes a free port. */
  port?: number;
  /** The address that links, clone URLs and the OpenID issuer show; by default the one listened on. */
  externalUrl?: string;
  /** PATH prefix of CI jobs. */
  ciPath?: string;
  /** Variables given to every CI job, like an instance's CI/CD variables. */
  ciEnv?: Record<string, string>;
  /** Token of the administrator `root`. */
  rootToken?: string;
  /** OAuth applications with fixed ids and secrets. */
  oauthClients?: OauthClient[];
}

const jsonOf = <T extends z.ZodType>(schema: T, name: string) =>
  z.string().transform((text, context): z.infer<T> => {
    try {
      return schema.parse(JSON.parse(text));
    } catch (cause) {
      context.addIssue({
        code: 'custom',
        message: `${name} is not the JSON it should be (${String(cause)}); correct it`,
      });
      return z.NEVER;
    }
  });

const Environment = z.object({
  PORT: z.coerce
    .number({ error: 'PORT is not a number; give one, or 0 for a free port' })
    .int()
    .min(0)
    .max(65_535)
    .default(8081),
  HOST: z.string().default('127.0.0.1'),
  STATE_DIR: z.string({ error: 'STATE_DIR is missing; name the folder that keeps repositories and rows' }).min(1),
  EXTERNAL_URL: z.url({ error: 'EXTERNAL_URL is not an address; give one such as http://127.0.0.1:8081' }).optional(),
  CI_PATH: z.string().optional(),
  CI_ENV: jsonOf(z.record(z.string(), z.string()), 'CI_ENV').optional(),
  GITLAB_ROOT_TOKEN: z.string().min(8, 'GITLAB_ROOT_TOKEN is too short; use at least 8 characters').optional(),
  OAUTH_CLIENTS: jsonOf(z.array(OauthClient), 'OAUTH_CLIENTS').optional(),
});

/** Reads the process environment; every fault is a `GitlabSettingsError` with a sentence. */
export function readSettings(env: Record<string, string | undefined>): GitlabConfig {
  const parsed = Environment.safeParse(env);
  if (!parsed.success) throw new GitlabSettingsError(parsed.error.issues.map((issue) => issue.message).join('; '));
  const given = parsed.data;
  return {
    port: given.PORT,
    host: given.HOST,
    stateDir: resolve(given.STATE_DIR),
    ...(given.EXTERNAL_URL ? { externalUrl: given.EXTERNAL_URL.replace(/\/$/, '') } : {}),
    ...(given.CI_PATH ? { ciPath: given.CI_PATH } : {}),
    ...(given.CI_ENV ? { ciEnv: given.CI_ENV } : {}),
    ...(given.GITLAB_ROOT_TOKEN ? { rootToken: given.GITLAB_ROOT_TOKEN } : {}),
    ...(given.OAUTH_CLIENTS ? { oauthClients: given.OAUTH_CLIENTS } : {}),
  };
}
