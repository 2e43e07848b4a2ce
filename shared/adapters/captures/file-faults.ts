import { NotFound, PermissionRefused, ServiceUnavailable } from '../../domain/faults.ts';

/** What the file system refuses, as the faults that S3's refusals are. @throws NotFound, PermissionRefused, ServiceUnavailable */
export async function asFileFaults<Result>(path: string, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    throw toFault(path, error);
  }
}

export function toFault(path: string, error: unknown): unknown {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new NotFound(`There is no file or folder ${path}.`, { cause: error });
  if (code === 'EACCES' || code === 'EPERM') return new PermissionRefused(`${path} may not be read.`, { cause: error });
  if (typeof code !== 'string') return error;
  return new ServiceUnavailable(`${path} could not be read (${code}).`, { cause: error });
}
