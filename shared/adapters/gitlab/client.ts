import { setTimeout as pause } from 'node:timers/promises';
import { isNativeError } from 'node:util/types';
import * as z from 'zod';
import { ContractBroken, PermissionRefused, ServiceUnavailable } from '../../domain/faults.ts';
import { refusalText } from './refusal-text.ts';
import { MAX_TRIES, RETRY_BUDGET_MS, retryDelayMs } from './retry-delay.ts';

const TIMEOUT_MS = 5_000;
const PER_PAGE = 100;
/** No list that the product reads is longer than this; one that is would never end. */
const MAX_PAGES = 100;

type Query = Record<string, string | number | boolean | undefined>;
type Body = Record<string, string | number | boolean | readonly string[] | undefined> | FormData;
type Method = 'GET' | 'POST' | 'PUT';

/** An answer of GitLab that is no failure of ours: `status` and the parsed JSON, or the text where it isn't JSON. */
type GitlabAnswer = { status: number; headers: Headers; body: unknown };

export type GitlabClient = ReturnType<typeof gitlabClient>;

type GitlabConnection = {
  /** Without a trailing slash. */
  gitlabUrl: string;
  token: () => Promise<string>;
  fetch?: typeof fetch;
  wait?: (milliseconds: number) => Promise<unknown>;
  now?: () => number;
};

/** Joins path segments, each encoded: `path('projects', 17, 'repository/files', 'a/b.yaml')`. A template part keeps its slashes. */
export function apiPath(strings: TemplateStringsArray, ...segments: (string | number)[]): string {
  return strings.reduce(
    (path, part, index) => `${path}${index === 0 ? '' : encodeURIComponent(segments[index - 1] ?? '')}${part}`,
    '',
  );
}

/**
 * GitLab's REST API with timeouts and bounded retries. A POST is repeated only where GitLab refused it before doing anything (429).
 *
 * @throws ServiceUnavailable, PermissionRefused; ContractBroken for an answer of another shape. 404 and 400 are answers.
 */
export function gitlabClient(connection: GitlabConnection) {
  const { gitlabUrl, token, fetch: fetchUrl = fetch, wait = pause, now = Date.now } = connection;

  async function once(method: Method, path: string, query: Query, body: Body | undefined): Promise<Response> {
    const url = new URL(`${gitlabUrl}/api/v4${path}`);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value));
    const privateToken = await token();
    try {
      return await fetchUrl(url, {
        method,
        headers: { 'PRIVATE-TOKEN': privateToken, ...(isJson(body) && { 'content-type': 'application/json' }) },
        ...(body && { body: isJson(body) ? JSON.stringify(body) : body }),
        // The token goes to the configured host and to no other.
        redirect: 'manual',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch (error) {
      if (isConnectionFailure(error)) {
        throw new ServiceUnavailable(`GitLab at ${gitlabUrl} does not answer ${method} ${path}.`, { cause: error });
      }
      throw error;
    }
  }

  async function send(method: Method, path: string, query: Query = {}, body?: Body): Promise<Response> {
    const until = now() + RETRY_BUDGET_MS;
    for (let tries = 1; ; tries += 1) {
      const outcome = await attempt(() => once(method, path, query, body));
      const again = outcome instanceof ServiceUnavailable ? method === 'GET' : mayRepeat(method, outcome.status);
      if (!again) return settled(outcome, method, path);
      const delay = outcome instanceof ServiceUnavailable ? 0 : retryDelayMs(outcome.headers, tries, now());
      if (tries >= MAX_TRIES || now() + delay > until) return settled(outcome, method, path);
      if (outcome instanceof Response) await outcome.body?.cancel();
      await wait(delay);
    }
  }

  async function settled(outcome: Response | ServiceUnavailable, method: Method, path: string): Promise<Response> {
    if (outcome instanceof ServiceUnavailable) throw outcome;
    const { status } = outcome;
    if (status === 429 || status >= 500) {
      await outcome.body?.cancel();
      throw new ServiceUnavailable(`GitLab answered ${status} to ${method} ${path}.`);
    }
    if (status === 401 || status === 403) {
      const text = refusalText(await outcome.text());
      throw new PermissionRefused(
        `GitLab refused ${method} ${path} (${status} ${text}). Check the control plane's token and its role in the project.`,
      );
    }
    if (status >= 300 && status < 400) {
      await outcome.body?.cancel();
      throw new ContractBroken(
        `GitLab redirected ${method} ${path} to ${originOf(outcome.headers.get('location'), gitlabUrl)}, and redirects are not followed. Give the stage GitLab's final address.`,
      );
    }
    return outcome;
  }

  async function answerOf(response: Response): Promise<GitlabAnswer> {
    const text = await response.text().catch((error: unknown) => {
      throw new ServiceUnavailable('GitLab broke off its answer.', { cause: error });
    });
    return { status: response.status, headers: response.headers, body: jsonOrText(text) };
  }

  /** The parsed answer, `undefined` for 404. */
  async function find<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    query: Query = {},
  ): Promise<z.output<Schema> | undefined> {
    const answer = await answerOf(await send('GET', path, query));
    if (answer.status === 404) return undefined;
    return parsed(schema, answer, `GET ${path}`);
  }

  return {
    find,

    /** Every page of a list, `undefined` for 404. @throws ContractBroken above `maxItems` */
    async list<Schema extends z.ZodType>(
      path: string,
      element: Schema,
      query: Query = {},
      maxItems = PER_PAGE * MAX_PAGES,
    ): Promise<z.output<Schema>[] | undefined> {
      const items: z.output<Schema>[] = [];
      for (let page: string | undefined = '1'; page !== undefined; ) {
        const answer: GitlabAnswer = await answerOf(await send('GET', path, { per_page: PER_PAGE, ...query, page }));
        if (answer.status === 404) return undefined;
        items.push(...parsed(z.array(element), answer, `GET ${path}`));
        if (items.length > maxItems) throw new ContractBroken(`GitLab lists more than ${maxItems} entries at ${path}.`);
        page = answer.headers.get('x-next-page') || undefined;
      }
      return items;
    },

    /** The raw bytes, `undefined` for 404; `onMissing` sees GitLab's words first. */
    async bytes(
      path: string,
      query: Query,
      maxBytes: number,
      onMissing: (text: string) => void,
    ): Promise<Uint8Array | undefined | 'too-large'> {
      const response = await send('GET', path, query);
      if (response.status === 404) {
        onMissing(refusalText(await response.text()));
        return undefined;
      }
      if (response.status !== 200) throw new ContractBroken(`GitLab answered ${response.status} to GET ${path}.`);
      return readAtMost(response, maxBytes);
    },

    /** Whatever GitLab answers below 500, but 401, 403 and 429: the caller knows what its 400s and 404s mean. */
    async write(method: 'POST' | 'PUT', path: string, body: Body): Promise<GitlabAnswer> {
      return answerOf(await send(method, path, {}, body));
    },

    parsed,
  };
}

/** A form brings its own content type, with the boundary between its parts. */
function isJson(body: Body | undefined): body is Exclude<Body, FormData> {
  return body !== undefined && !(body instanceof FormData);
}

function mayRepeat(method: Method, status: number): boolean {
  return status === 429 || (status >= 500 && method === 'GET');
}

async function attempt(request: () => Promise<Response>): Promise<Response | ServiceUnavailable> {
  try {
    return await request();
  } catch (error) {
    if (error instanceof ServiceUnavailable) return error;
    throw error;
  }
}

/** What `fetch` throws when nothing answers, the connection breaks or the time is up. */
function isConnectionFailure(error: unknown): boolean {
  return isNativeError(error) && ['TypeError', 'TimeoutError', 'AbortError'].includes(error.name);
}

function originOf(location: string | null, base: string): string {
  return location !== null && URL.canParse(location, base) ? new URL(location, base).origin : 'nowhere';
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** @throws ContractBroken for a status above 299 or a body of another shape */
function parsed<Schema extends z.ZodType>(schema: Schema, answer: GitlabAnswer, request: string): z.output<Schema> {
  if (answer.status > 299) {
    throw new ContractBroken(`GitLab answered ${answer.status} to ${request}: ${refusalText(answer.body)}.`);
  }
  const result = schema.safeParse(answer.body);
  if (result.success) return result.data;
  throw new ContractBroken(
    `GitLab's answer to ${request} is not as documented: ${z.prettifyError(result.error).slice(0, 500)}`,
  );
}

async function readAtMost(response: Response, maxBytes: number): Promise<Uint8Array | 'too-large'> {
  if (Number(response.headers.get('content-length') ?? 0) > maxBytes) {
    await response.body?.cancel();
    return 'too-large';
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body ?? []) {
      size += chunk.byteLength;
      if (size > maxBytes) break;
      chunks.push(chunk);
    }
  } catch (error) {
    throw new ServiceUnavailable('GitLab broke off a file.', { cause: error });
  }
  return size > maxBytes ? 'too-large' : Buffer.concat(chunks);
}
