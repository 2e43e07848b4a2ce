import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';

/**
 * The watcher reads a pipe that only the server holds open: when the server is gone, even killed, the read ends and the
 * whole process group with it.
 */
const WRAPPER = `
( trap '' TERM HUP INT; read -r -u 3 _; kill -KILL -- "-$$" ) > /dev/null 2>&1 &
watcher=$!
exec 3<&-
bash -eo pipefail "$1"
code=$?
{ kill -KILL "$watcher"; wait "$watcher"; } 2> /dev/null
exit "$code"
`;

const LONGEST_TIMER_MS = 2 ** 31 - 1;

const GREEN = '\\x1b[32;1m';
const PLAIN = '\\x1b[0;m';

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** Shows each command before it runs, as a runner does. */
export function composeScript(lines: readonly string[]): string {
  return lines
    .map((line) => {
      const [first = '', ...more] = line.trimEnd().split('\n');
      const shown = more.length > 0 ? `${first} # collapsed multi-line command` : first;
      return `printf '${GREEN}%s${PLAIN}\\n' ${quoted(`$ ${shown}`)}\n${line}`;
    })
    .join('\n');
}

interface ScriptEnd {
  /** null when it was killed. */
  exitCode: number | null;
  timedOut: boolean;
}

export interface RunningScript {
  ended: Promise<ScriptEnd>;
  kill(): void;
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The group is gone already, which is what was wanted.
  }
}

/** Runs a script in a process group of its own; nothing of the group outlives the script. */
export function runScript(options: {
  file: string;
  lines: readonly string[];
  directory: string;
  env: Record<string, string>;
  logFd: number;
  timeoutSeconds: number;
}): RunningScript {
  writeFileSync(options.file, `${composeScript(options.lines)}\n`);
  const child = spawn('bash', ['-c', WRAPPER, 'job', options.file], {
    cwd: options.directory,
    env: options.env,
    detached: true,
    stdio: ['ignore', options.logFd, options.logFd, 'pipe'],
  });
  child.stdio[3]?.on('error', () => {});
  let timedOut = false;
  const timer = setTimeout(
    () => {
      timedOut = true;
      killGroup(child);
    },
    Math.min(options.timeoutSeconds * 1000, LONGEST_TIMER_MS),
  );
  const ended = new Promise<ScriptEnd>((resolve) => {
    child.on('error', () => resolve({ exitCode: 127, timedOut }));
    child.on('exit', (exitCode) => {
      clearTimeout(timer);
      killGroup(child);
      child.stdio[3]?.destroy();
      resolve({ exitCode, timedOut });
    });
  });
  return { ended, kill: () => killGroup(child) };
}
