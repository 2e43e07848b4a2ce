import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { Configuration } from '../configuration.ts';
import { pythonFile } from '../python-folder.ts';
import { Images } from './images.ts';
import type { ContainerLimits } from './limits.ts';
import { layOwnPython } from './own-python.ts';

/** `/opt/ml` by a mount namespace per container, or, where those are forbidden, by rewriting paths. */
export type ContainerMode = 'namespace' | 'rewriting';

/** A container's own folder on the host; `optMl` is what it sees as /opt/ml. */
export type ContainerFolder = { root: string; optMl: string };

export type ContainerCommand = {
  /** As inside the container: paths begin with /opt/ml. */
  command: string[];
  cwd: string;
  environment: Record<string, string>;
  logFile: string;
  /** The Python that `python3` is inside; the one of the local SageMaker if it isn't given. */
  python?: string;
  /** What all its processes together may use; unlimited if it isn't given. */
  limits?: ContainerLimits;
  /** Opens descriptor 3 inside, a pipe whose text the caller reads. */
  announces?: boolean;
};

export type RunningContainer = {
  /** The exit code; 128 + signal for a command that was killed. */
  exited: Promise<number>;
  /** What comes through descriptor 3, if the command announces. */
  announcements: NodeJS.ReadableStream | undefined;
  /** Of the process that everything in the container descends from. */
  pid: number | undefined;
  /** SIGTERM, as `docker stop` does first. */
  terminate: () => void;
  /** SIGKILL for all that is in the container. */
  kill: () => void;
};

const ANNOUNCING_DESCRIPTOR = 3;
/** The supervisor imports nothing of the job's own PYTHONPATH or of site-packages. */
const ALONE = ['-E', '-B', '-S'];
const UNSHARE = ['unshare', '--user', '--map-current-user', '--keep-caps', '--mount'];

export class Containers {
  readonly mode: ContainerMode;
  readonly #configuration: Configuration;
  readonly images: Images;
  readonly #running = new Set<RunningContainer>();

  constructor(configuration: Configuration, mode: ContainerMode) {
    this.#configuration = configuration;
    this.mode = mode;
    this.images = new Images(configuration);
  }

  start(folder: ContainerFolder, run: ContainerCommand): RunningContainer {
    mkdirSync(join(folder.root, 'home'), { recursive: true });
    mkdirSync(join(folder.root, 'tmp'), { recursive: true });
    const inside = (text: string) =>
      this.mode === 'namespace' ? text : text.replaceAll(/\/opt\/ml(?=\/|$|[:,"'\]])/g, folder.optMl);
    const spec = {
      optMl: folder.optMl,
      mountOptMl: this.mode === 'namespace',
      command: run.command.map(inside),
      cwd: inside(run.cwd),
      passDescriptor: run.announces ? ANNOUNCING_DESCRIPTOR : null,
      limits: run.limits ?? null,
      overMemory: overMemoryFile(folder),
    };
    const supervisor = [this.#configuration.python, ...ALONE, pythonFile('run_in_container.py'), JSON.stringify(spec)];
    const [program = '', ...parameters] = this.mode === 'namespace' ? [...UNSHARE, ...supervisor] : supervisor;
    const given = Object.fromEntries(Object.entries(run.environment).map(([name, value]) => [name, inside(value)]));
    const environment = { ...this.#base(folder, run.python), ...given, ...this.#rewriting(folder, given.PYTHONPATH) };
    const log = openSync(run.logFile, 'a');
    let child: ChildProcess;
    try {
      child = spawn(program, parameters, {
        cwd: folder.root,
        env: environment,
        // A group of its own: whoever kills that of the server is not to kill the supervisor before it has cleared up.
        detached: true,
        stdio: ['pipe', log, log, ...(run.announces ? (['pipe'] as const) : [])],
      });
    } finally {
      closeSync(log);
    }
    const running = watch(child);
    this.#running.add(running);
    void running.exited.then(() => this.#running.delete(running));
    return running;
  }

  /** Ends every container, for when the server stops. */
  async killAll(): Promise<void> {
    const running = [...this.#running];
    for (const container of running) container.kill();
    await Promise.all(running.map((container) => container.exited));
  }

  /** All that a container's processes have of this server's surroundings: nothing is inherited. */
  #base(folder: ContainerFolder, python = this.#configuration.python): Record<string, string> {
    const { awsEndpoint, region, accessKeyId, secretAccessKey, stateFolder } = this.#configuration;
    const own = layOwnPython(join(folder.root, 'python'), python);
    const programs = own === undefined ? [dirname(python)] : [own, dirname(python)];
    return {
      PATH: [...programs, '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter),
      HOME: join(folder.root, 'home'),
      TMPDIR: join(folder.root, 'tmp'),
      LANG: 'C.UTF-8',
      PYTHONUNBUFFERED: '1',
      PYTHONDONTWRITEBYTECODE: '1',
      // What pip downloads for one container is there for the next.
      PIP_CACHE_DIR: join(stateFolder, 'pip-cache'),
      // One core a process: jobs run side by side on a laptop, and a row is scored faster without threads.
      OMP_NUM_THREADS: '1',
      AWS_ENDPOINT_URL: awsEndpoint,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    };
  }

  #rewriting(folder: ContainerFolder, pythonPath: string | undefined): Record<string, string> {
    if (this.mode === 'namespace') return {};
    const folders = [pythonFile('rewriting'), ...(pythonPath === undefined ? [] : [pythonPath])];
    return { OPT_ML_FOLDER: folder.optMl, PYTHONPATH: folders.join(delimiter) };
  }
}

/** Is there once the container was killed because it used more memory than it may. */
export function overMemoryFile(folder: ContainerFolder): string {
  return join(folder.root, 'over-memory');
}

function watch(child: ChildProcess): RunningContainer {
  const exited = new Promise<number>((resolve) => {
    child.once('error', () => resolve(125));
    child.once('exit', (code) => resolve(code ?? 137));
  });
  // The pipe may break at any time: the supervisor is gone then, and `exited` says so.
  child.stdin?.on('error', () => undefined);
  const announcements = child.stdio[ANNOUNCING_DESCRIPTOR];
  return {
    exited,
    announcements:
      announcements !== null && announcements !== undefined && 'read' in announcements ? announcements : undefined,
    pid: child.pid,
    terminate: () => void child.kill('SIGTERM'),
    kill: () => void child.stdin?.destroy(),
  };
}

/** Tries a container as jobs use it: whether mount namespaces work depends on kernel, security modules and system. */
export async function availableMode(configuration: Configuration): Promise<ContainerMode> {
  if (process.platform !== 'linux') return 'rewriting';
  mkdirSync(configuration.stateFolder, { recursive: true });
  const root = mkdtempSync(join(configuration.stateFolder, 'probe-'));
  const optMl = join(root, 'opt-ml');
  mkdirSync(join(optMl, 'probe'), { recursive: true });
  const command = { command: ['ls', '/opt/ml/probe'], cwd: '/', environment: {}, logFile: join(root, 'log') };
  const code = await new Containers(configuration, 'namespace').start({ root, optMl }, command).exited;
  rmSync(root, { recursive: true, force: true });
  return code === 0 ? 'namespace' : 'rewriting';
}
