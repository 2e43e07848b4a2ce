import { startControl } from './control.ts';
import { type Credentials, loadOrCreateCredentials, saveCredentials } from './credentials.ts';
import { deployStack } from './deploy-stack.ts';
import { type WorldUrls, worldEnvironment, worldUrls } from './environment.ts';
import { type PartName, partNames } from './part-names.ts';
import { type Ports, requireFreePorts } from './ports.ts';
import { prepareTools, venvFolder } from './prepare-tools.ts';
import { readRunFile, removeRunFile, writeRunFile } from './run-file.ts';
import { RunningParts } from './running-parts.ts';
import { seedAws } from './seed-aws.ts';
import { seedGitlab } from './seed-gitlab.ts';
import { type StateFolder, stateFolderAt } from './state-folder.ts';
import { subscribeInbox } from './subscribe-inbox.ts';
import { WorldError } from './world-error.ts';

export interface WorldOptions {
  readonly parts: readonly PartName[];
  readonly ports: Ports;
  /** Absolute path; `.local` of the clone unless another world runs beside it. */
  readonly stateFolder: string;
  readonly onProgress: (line: string) => void;
}

export interface World {
  readonly parts: readonly PartName[];
  readonly urls: WorldUrls;
  /** The variables that `local -- env` exports. */
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: StateFolder;
  restart(part: PartName, signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  stop(): Promise<void>;
  /** Resolves when the world has ended; with a sentence if a part crashed. */
  readonly ended: Promise<{ crash?: string }>;
}

/**
 * Starts the parts and, if all of them run, seeds and deploys. Resolves when everything is ready. Whatever fails, nothing
 * that was started here is left running.
 */
export async function startWorld(options: WorldOptions): Promise<World> {
  const { parts, ports, onProgress } = options;
  const folder = stateFolderAt(options.stateFolder);
  requireNoOtherWorld(folder);
  await requireFreePorts(parts, ports);
  const venvs = await prepareTools(parts, venvFolder, onProgress);
  const credentials = await loadOrCreateCredentials(folder.credentialsFile);
  const urls = worldUrls(ports);

  const end = Promise.withResolvers<{ crash?: string }>();
  const running = new RunningParts({ folder, ports, urls, credentials, venvs }, (crash) => void stop(crash));
  const control = await startControl(credentials.controlToken, {
    restart: (part, signal) => running.restart(part, signal),
  });
  const killChildren = (): void => running.killNow();
  process.on('exit', killChildren);

  let stopped: Promise<void> | undefined;
  const stop = (crash?: string): Promise<void> => {
    stopped ??= (async () => {
      control.close();
      await running.stop();
      removeRunFile(folder.runFile);
      process.off('exit', killChildren);
      end.resolve(crash === undefined ? {} : { crash });
    })();
    return stopped;
  };

  const publish = (ready: boolean): Record<string, string> => {
    const environment = worldEnvironment(parts, urls, credentials.accessTokens.owner ?? credentials.gitlabRootToken);
    writeRunFile(folder.runFile, {
      pid: process.pid,
      startedAt: new Date().toISOString(),
      parts: [...parts],
      ports: { ...ports },
      ready,
      environment,
      control: { url: control.url, token: credentials.controlToken },
    });
    return environment;
  };

  try {
    publish(false);
    onProgress(`Starting ${parts.join(', ')} …`);
    await stopAtCrash(Promise.all(parts.map((part) => running.start(part))), end.promise);
    await stopAtCrash(furnish({ parts, urls, folder, credentials, onProgress }), end.promise);
    const environment = publish(true);
    return {
      parts,
      urls,
      environment,
      folder,
      restart: (part, signal) => running.restart(part, signal),
      stop: () => stop(),
      ended: end.promise,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Furnishing {
  readonly parts: readonly PartName[];
  readonly urls: WorldUrls;
  readonly folder: StateFolder;
  readonly credentials: Credentials;
  readonly onProgress: (line: string) => void;
}

/** Users, repositories, data and secrets of the started parts and, at the same time, the stack if all parts run. */
async function furnish(furnishing: Furnishing): Promise<void> {
  await Promise.all([seed(furnishing), furnishing.parts.length === partNames.length ? deploy(furnishing) : undefined]);
}

async function seed({ parts, urls, folder, credentials, onProgress }: Furnishing): Promise<void> {
  if (parts.includes('gitlab')) {
    onProgress('Seeding GitLab: users, groups, projects …');
    const seeded = await seedGitlab({ urls, credentials });
    await saveCredentials(folder.credentialsFile, seeded);
    Object.assign(credentials.accessTokens, seeded.accessTokens);
  }
  if (parts.includes('aws')) await seedAws({ urls, credentials });
}

async function deploy({ urls, folder, onProgress }: Furnishing): Promise<void> {
  await deployStack({ urls, folder, onProgress });
  await subscribeInbox(urls);
}

async function stopAtCrash<T>(work: Promise<T>, end: Promise<{ crash?: string }>): Promise<T> {
  const crashed = end.then(({ crash }) => {
    throw new WorldError(
      crash === undefined
        ? 'The world was stopped while it was starting.'
        : `${crash} It happened while the world was starting.`,
    );
  });
  crashed.catch(() => undefined);
  return Promise.race([work, crashed]);
}

function requireNoOtherWorld(folder: StateFolder): void {
  const other = readRunFile(folder.runFile);
  if (other === undefined || other.pid === process.pid) return;
  throw new WorldError(
    `A world runs on ${folder.root} already (process ${other.pid}): stop it with Ctrl-C, or start another beside it from a second clone ` +
      'with other ports (npm run local -- --help).',
  );
}
