import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** An answer other than success, with the body that GitLab gives. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: ContentfulStatusCode;
  readonly body: object;
  constructor(status: ContentfulStatusCode, body: object) {
    super(JSON.stringify(body));
    this.status = status;
    this.body = body;
  }
}

export const notFound = (what?: string) =>
  new ApiError(404, { message: what ? `404 ${what} Not Found` : '404 Not found' });
export const forbidden = () => new ApiError(403, { message: '403 Forbidden' });
export const unauthorized = () => new ApiError(401, { message: '401 Unauthorized' });
export const badRequest = (message: unknown) => new ApiError(400, { message });
/** A parameter that is missing or has a wrong value. */
export const badParameter = (error: string) => new ApiError(400, { error });
/** A row that GitLab would not save. */
export const unprocessable = (body: object) => new ApiError(422, body);
