import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import * as z from 'zod';
import { EndpointStatus } from '../shared/domain/endpoint-status.ts';
import { CliError } from './cli-error.ts';
import { saidBy } from './error-facts.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

const TIMEOUT_MS = 30_000;
const LOCAL_HOSTS = ['localhost', '127.0.0.1', '[::1]'];

const Answer = z.object({ sentence: z.string(), rollbackId: z.string().optional() });

export type ConnectionOptions = { url?: string | undefined; tokenFile?: string | undefined };
export type Place = { model: string; environment: string };

/** The control plane's HTTP API, in the name of whoever the GitLab token belongs to. */
export type ControlPlane = {
  /** Address of the endpoint's page. */
  pageOf: (place: Place) => string;
  /** @throws CliError with the control plane's own sentence where it refuses */
  operate: (
    place: Place,
    operation: 'rollback' | 'release',
    reason: string,
  ) => Promise<{ sentence: string; rollbackId?: string | undefined }>;
  /** `undefined` while the control plane does not answer: a later look may find it. @throws CliError where it refuses */
  look: (place: Place) => Promise<EndpointStatus | undefined>;
};

/**
 * `--url` or MLOPS_URL, and the token of `--token-file` or GITLAB_TOKEN: it goes to that address alone, in a header, and is never
 * shown or kept.
 * @throws UsageError
 */
export async function connectControlPlane(options: ConnectionOptions, terminal: Terminal): Promise<ControlPlane> {
  const base = baseOf(options.url ?? terminal.env.MLOPS_URL);
  const token = await tokenOf(options.tokenFile, terminal);
  const pageOf = ({ model, environment }: Place) =>
    `${base}/models/${encodeURIComponent(model)}/environments/${encodeURIComponent(environment)}`;

  async function send(url: string, body?: Record<string, string>): Promise<Response> {
    return fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
      // The token goes to the given host and to no other.
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  }

  return {
    pageOf,
    async operate(place, operation, reason) {
      const url = `${pageOf(place)}/${operation}`;
      const response = await send(url, { reason }).catch((error: unknown) => {
        throw new CliError(`The control plane at ${base} does not answer: ${saidBy(error)}. Try again.`);
      });
      const answer = Answer.safeParse(await response.json().catch(() => undefined));
      if (!answer.success)
        throw new CliError(
          `${base} answers ${response.status}, and not as the control plane does: check --url or MLOPS_URL.`,
        );
      if (!response.ok) throw new CliError(answer.data.sentence);
      return answer.data;
    },
    async look(place) {
      const response = await send(pageOf(place)).catch(() => undefined);
      const body: unknown = await response?.json().catch(() => undefined);
      const refusal = Answer.safeParse(body);
      if (refusal.success && response !== undefined && response.status < 500) throw new CliError(refusal.data.sentence);
      return EndpointStatus.safeParse(body).data;
    },
  };
}

function baseOf(url: string | undefined): string {
  if (url === undefined || url === '')
    throw new UsageError('Say where the control plane is: --url https://…, or MLOPS_URL.');
  if (!URL.canParse(url)) throw new UsageError(`${url} is no address. Give one that begins with https://.`);
  const { protocol, hostname, origin, pathname } = new URL(url);
  const isSafe = protocol === 'https:' || (protocol === 'http:' && LOCAL_HOSTS.includes(hostname));
  if (!isSafe) throw new UsageError(`A token is not sent to ${origin} in the clear. Use https://.`);
  return `${origin}${pathname.replace(/\/+$/, '')}`;
}

async function tokenOf(file: string | undefined, { env, cwd }: Terminal): Promise<string> {
  const text = file === undefined ? env.GITLAB_TOKEN : await readToken(resolve(cwd, file));
  const token = text?.trim() ?? '';
  if (token === '')
    throw new UsageError('Say who you are: a GitLab token of yours in GITLAB_TOKEN, or in the file of --token-file.');
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new UsageError('The GitLab token holds characters that no token has. Copy it again.');
  return token;
}

async function readToken(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`The token file can't be read: ${saidBy(error)}.`, { cause: error });
  }
}
