import * as z from 'zod';

/** The rows as they stand on disk. Times are ISO 8601 in UTC; names follow GitLab's API. */
export const id = z.int().positive();
export const time = z.string();
export const maybeTime = time.nullable();
