import { join } from 'node:path';
import type { PartName } from './part-names.ts';

/** Where a world keeps everything that may be forgotten: below one folder, `.local` unless another is chosen. */
export interface StateFolder {
  readonly root: string;
  /** Databases, objects and repositories of the parts, and the generated credentials. */
  readonly state: string;
  readonly logs: string;
  readonly temporary: string;
  readonly home: string;
  readonly tools: string;
  /** What `local -- env` reads. */
  readonly runFile: string;
  readonly credentialsFile: string;
  readonly deploymentFile: string;
  readonly partState: (part: PartName) => string;
  readonly logFile: (name: string) => string;
}

export function stateFolderAt(root: string): StateFolder {
  const state = join(root, 'state');
  return {
    root,
    state,
    logs: join(root, 'logs'),
    temporary: join(root, 'tmp'),
    home: join(root, 'home'),
    tools: join(root, 'bin'),
    runFile: join(root, 'run.json'),
    credentialsFile: join(state, 'credentials.json'),
    deploymentFile: join(state, 'deployment.json'),
    partState: (part) => join(state, part),
    logFile: (name) => join(root, 'logs', `${name}.log`),
  };
}
