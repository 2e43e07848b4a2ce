import { errorCode } from './error-code.ts';

/** What this machine refused, by the system's error code, and what to do about it. */
const causes: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: make room, then start again',
  EDQUOT: 'the quota of this user is used up: make room, then start again',
  EROFS: 'the file system is read-only: choose another folder with --state-folder',
  EACCES: 'this user may not write there: correct its rights, or choose another folder with --state-folder',
  EPERM: 'this user may not do that: correct its rights, or choose another folder with --state-folder',
  ENOTDIR: 'a file stands where a folder is needed: remove it, or choose another folder with --state-folder',
  EMFILE: 'too many files are open: raise the limit ("ulimit -n 4096"), then start again',
};

/** A sentence for a failure of the machine; `undefined` for what is a fault of the program. */
export function explainFailure(error: unknown): string | undefined {
  const cause = causes[errorCode(error) ?? ''];
  if (cause === undefined || !(error instanceof Error)) return undefined;
  const path = 'path' in error && typeof error.path === 'string' ? ` at ${error.path}` : '';
  return `Writing failed${path}: ${cause}.`;
}
