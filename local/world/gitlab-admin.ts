import { WorldError } from './world-error.ts';

/** GitLab's REST API with one person's token, for seeding. */
export class GitlabAdmin {
  readonly #url: string;
  readonly #token: string;

  constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  get(path: string): Promise<unknown> {
    return this.#call('GET', path);
  }

  /** The answer, or `undefined` where there is no such thing. */
  async find(path: string): Promise<unknown> {
    const response = await this.#send('GET', path);
    if (response.status === 404) {
      await response.body?.cancel();
      return undefined;
    }
    return this.#read(response, `GET ${path}`);
  }

  post(path: string, body: unknown): Promise<unknown> {
    return this.#call('POST', path, body);
  }

  put(path: string, body: unknown): Promise<unknown> {
    return this.#call('PUT', path, body);
  }

  async #call(method: string, path: string, body?: unknown): Promise<unknown> {
    return this.#read(await this.#send(method, path, body), `${method} ${path}`);
  }

  #send(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(`${this.#url}/api/v4${path}`, {
      method,
      headers: { 'PRIVATE-TOKEN': this.#token, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    });
  }

  async #read(response: Response, call: string): Promise<unknown> {
    const text = await response.text();
    if (!response.ok) {
      throw new WorldError(
        `Seeding GitLab failed: ${call} answered ${response.status} ${text.slice(0, 300)}. ` +
          (response.status >= 500
            ? 'The log of the GitLab stand-in (gitlab.log) says why.'
            : 'If its state comes from an older version, forget it with "npm run local -- reset" and start again.'),
      );
    }
    return text === '' ? undefined : JSON.parse(text);
  }
}
