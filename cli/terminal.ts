/** Where a command writes and what it reads, so that tests can stand in. */
export type Terminal = {
  out: (line: string) => void;
  error: (line: string) => void;
  env: Readonly<Record<string, string | undefined>>;
  /** The folder that relative paths start from. */
  cwd: string;
  /** Replaces one line of the error stream; absent where that is no terminal. */
  progress?: (text: string) => void;
};

export function processTerminal(): Terminal {
  return {
    out: (line) => process.stdout.write(`${line}\n`),
    error: (line) => process.stderr.write(`${line}\n`),
    env: process.env,
    cwd: startFolder(process.env, process.cwd()),
    ...(process.stderr.isTTY && { progress: (text) => void process.stderr.write(`\r\x1b[2K${text}`) }),
  };
}

/** `npm run mlops` changes into the package's folder; people mean the folder that they were in. */
export function startFolder(env: Readonly<Record<string, string | undefined>>, cwd: string): string {
  return env.npm_lifecycle_event === 'mlops' && env.INIT_CWD ? env.INIT_CWD : cwd;
}
