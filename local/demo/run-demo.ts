import { join } from 'node:path';
import { Listr, type ListrTaskWrapper } from 'listr2';
import { loadOrCreateCredentials } from '../world/credentials.ts';
import { explainFailure } from '../world/explain-failure.ts';
import { forgetState } from '../world/forget-state.ts';
import { joinWorld } from '../world/join-world.ts';
import { people } from '../world/people.ts';
import { readRunFile } from '../world/run-file.ts';
import { stateFolderAt } from '../world/state-folder.ts';
import { stopOnSignals } from '../world/stop-on-signals.ts';
import { useEnvironment } from '../world/use-environment.ts';
import { startWorld, type World } from '../world/world.ts';
import { WorldError } from '../world/world-error.ts';
import type { Scene } from './acts.ts';
import { type Clone, cloneProject } from './clone.ts';
import { type DemoOptions, parseDemoArguments } from './demo-options.ts';
import { stageOf } from './stage.ts';

/** One line of the list that the demo shows while it goes on. */
export type Act = { title: string; play: (scene: Scene) => Promise<void> };

export type Demo = {
  acts: readonly Act[];
  /** What is printed when every act came true. */
  conclude: (scene: Scene) => string | Promise<string>;
  /** Whether the demo may go on in the world that an earlier one has left up; otherwise such a world is in its way. */
  joins: boolean;
};

/** What a demo plays in: a world of its own, or one that an earlier demo has left up and that is not ours to stop. */
type Place = Pick<World, 'environment' | 'urls' | 'folder' | 'ended'> & { stop: () => Promise<void> };

/** Plays a demo from the command's arguments to the process's exit code: 0 when everything came true. */
export async function runDemo(
  { help, flags }: { help: string; flags: readonly string[] },
  demoOf: (options: DemoOptions) => Demo,
): Promise<void> {
  let place: Place | undefined;
  let interrupted = false;
  stopOnSignals(async () => {
    interrupted = true;
    await place?.stop();
  });
  try {
    const options = await parseDemoArguments(process.argv.slice(2), process.env, flags);
    if (options.help) process.stdout.write(help);
    else {
      await play(options, demoOf(options), (found) => {
        place = found;
      });
    }
  } catch (error) {
    // What fails while the parts are being stopped explains nothing; the process ends when all of them are.
    if (interrupted) await new Promise(() => undefined);
    process.stderr.write(`\n${explain(error, place)}\n`);
    process.exitCode = 1;
  } finally {
    await place?.stop();
  }
  process.exit();
}

async function play(options: DemoOptions, demo: Demo, found: (place: Place) => void): Promise<void> {
  const started = Date.now();
  const folder = stateFolderAt(options.stateFolder);
  const running = readRunFile(folder.runFile);
  if (running && !(demo.joins && running.ready))
    throw new WorldError(`A demo is up already (process ${running.pid}): end it with Ctrl-C, then start again.`);
  let set: { place: Place; scene: Omit<Scene, 'say'> } | undefined;

  const enter = async (place: Place) => {
    found(place);
    useEnvironment(place.environment);
    set = { place, scene: { world: place, stage: stageOf(place), clone: await cloneOf(place) } };
  };
  const act = ({ title, play: playAct }: Act) => ({
    title,
    task: async (_context: unknown, task: Task) => {
      if (!set) throw new WorldError('The world is not up.');
      await orCrash(set.place, playAct({ ...set.scene, say: sayOnce(task) }));
    },
  });
  const setUp = running
    ? { title: `Go on in the demo that is up (process ${running.pid})`, task: () => enter(joinWorld(folder, running)) }
    : {
        title: 'Start the local AWS, SageMaker, GitLab, inbox and web front, and deploy the stack',
        task: async (_context: unknown, task: Task) => {
          await forgetState(folder);
          await enter(await startWorld({ ...options, onProgress: sayOnce(task) }));
        },
      };
  await new Listr([setUp, ...demo.acts.map(act)], {
    // Signals are the world's to handle: it ends its parts first.
    registerSignalListeners: false,
    renderer: 'default',
    fallbackRenderer: 'simple',
    rendererOptions: { collapseSubtasks: false, collapseErrors: true, showErrorMessage: false },
  }).run();
  if (!set) return;
  process.stdout.write(`\n${await demo.conclude({ ...set.scene, say: () => undefined })}\n`);
  process.stdout.write(`Done in ${Math.round((Date.now() - started) / 1000)} s.\n`);
  if (options.keep && !running) await stayUp(set.place);
}

type Task = Pick<ListrTaskWrapper<unknown, never, never>, 'output'>;

/** A line of progress, where it differs from the last one. */
function sayOnce(task: Task): (line: string) => void {
  let last = '';
  return (line) => {
    if (line === last) return;
    last = line;
    task.output = line;
  };
}

async function cloneOf({ urls, environment, folder }: Place): Promise<Clone> {
  const url = `${urls.gitlab}/${environment.GITLAB_PROJECT}.git`;
  const { accessTokens } = await loadOrCreateCredentials(folder.credentialsFile);
  const token = accessTokens.dataScientist ?? '';
  return cloneProject({ url, token, author: people.dataScientist, folder: join(folder.temporary, 'demo') });
}

/** A part that crashes ends the demo at once, with the log that explains it. */
async function orCrash(place: Place, work: Promise<void>): Promise<void> {
  const crash = place.ended.then(({ crash: sentence }) => {
    throw new WorldError(sentence ?? 'The world was stopped.');
  });
  crash.catch(() => undefined);
  await Promise.race([work, crash]);
}

async function stayUp({ urls, folder, ended }: Place): Promise<void> {
  process.stdout.write(
    `\nEverything stays up until Ctrl-C:\n  pages   ${urls.web}\n  GitLab  ${urls.gitlab}\n  inbox   ${urls.inbox}\n  logs    ${folder.logs}\n`,
  );
  const { crash } = await ended;
  if (crash) throw new WorldError(crash);
}

function explain(error: unknown, place: Place | undefined): string {
  const sentence =
    error instanceof WorldError
      ? error.message
      : error instanceof Error
        ? (explainFailure(error) ?? error.stack ?? error.message)
        : String(error);
  return place ? `${sentence}\nLogs: ${join(place.folder.logs, '*.log')}` : sentence;
}
