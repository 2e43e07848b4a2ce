/** `npm run demo`: three commits through the whole product, on this machine, with nobody at the keyboard. */
import { join } from 'node:path';
import { Listr, type ListrTaskWrapper } from 'listr2';
import { loadOrCreateCredentials } from '../world/credentials.ts';
import { explainFailure } from '../world/explain-failure.ts';
import { forgetState } from '../world/forget-state.ts';
import { people, signInUsers } from '../world/people.ts';
import { readRunFile } from '../world/run-file.ts';
import { stateFolderAt } from '../world/state-folder.ts';
import { stopOnSignals } from '../world/stop-on-signals.ts';
import { useEnvironment } from '../world/use-environment.ts';
import { startWorld, type World } from '../world/world.ts';
import { WorldError } from '../world/world-error.ts';
import { askProd, badCommit, decideAs, deniedCommit, goodCommit, type ProdAnswer, type Scene } from './acts.ts';
import { type Clone, cloneProject } from './clone.ts';
import { type DemoOptions, demoHelp, parseDemoArguments } from './demo-options.ts';
import { type Outcome, outcomeTable } from './outcome-table.ts';
import { type Stage, stageOf } from './stage.ts';

let world: World | undefined;
let interrupted = false;
stopOnSignals(async () => {
  interrupted = true;
  await world?.stop();
});

try {
  const options = await parseDemoArguments(process.argv.slice(2), process.env);
  if (options.help) process.stdout.write(demoHelp);
  else await demo(options);
} catch (error) {
  // What fails while the parts are being stopped explains nothing; the process ends when all of them are.
  if (interrupted) await new Promise(() => undefined);
  process.stderr.write(`\n${explain(error)}\n`);
  process.exitCode = 1;
} finally {
  await world?.stop();
}
process.exit();

async function demo(options: DemoOptions): Promise<void> {
  const started = Date.now();
  await forgetFormerDemo(options.stateFolder);
  const outcomes: Outcome[] = [];
  let prod: ProdAnswer | undefined;
  let set: { stage: Stage; clone: Clone } | undefined;

  const act = (title: string, play: (scene: Scene) => Promise<void>) => ({
    title,
    task: async (_context: unknown, task: Task) => {
      if (!world || !set) throw new WorldError('The world is not up.');
      await orCrash(world, play({ world, ...set, say: sayOnce(task) }));
    },
  });
  const good = async (scene: Scene) => {
    const approve = { outcome: 'approved', reason: 'Better than nothing live, and every gate passed.' } as const;
    const decide = options.interactive ? waitForPerson(scene) : decideAs(people.steward1.username, scene, approve);
    outcomes.push(await goodCommit(scene, decide));
    prod = await askProd(scene);
    scene.say(`${prod.endpointName} answers ${prod.answer}`);
  };
  const liveOf = (): ProdAnswer => {
    if (!prod) throw new WorldError('Nothing is live in prod.');
    return prod;
  };

  await new Listr(
    [
      {
        title: 'Start the local AWS, SageMaker, GitLab, inbox and web front, and deploy the stack',
        task: async (_context, task) => {
          world = await startWorld({ ...options, onProgress: sayOnce(task) });
          useEnvironment(world.environment);
          set = { stage: stageOf(world), clone: await cloneOf(world) };
        },
      },
      act('A good commit goes live in dev, qa and prod', good),
      act(
        'A bad commit is stopped by the gates and routed back',
        async (scene) => void outcomes.push(await badCommit(scene, liveOf())),
      ),
      act('A steward rejects a third one', async (scene) => void outcomes.push(await deniedCommit(scene, liveOf()))),
    ],
    {
      // Signals are the world's to handle: it ends its parts first.
      registerSignalListeners: false,
      renderer: 'default',
      fallbackRenderer: 'simple',
      rendererOptions: { collapseSubtasks: false, collapseErrors: true, showErrorMessage: false },
    },
  ).run();

  const { endpointName, version, answer } = liveOf();
  process.stdout.write(`\n${outcomeTable(outcomes)}\n\nprod (${endpointName}) answers with v${version}: ${answer}\n`);
  process.stdout.write(`Done in ${Math.round((Date.now() - started) / 1000)} s.\n`);
  if (options.keep && world) await stayUp(world);
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

async function forgetFormerDemo(stateFolder: string): Promise<void> {
  const folder = stateFolderAt(stateFolder);
  const running = readRunFile(folder.runFile);
  if (running)
    throw new WorldError(`A demo is up already (process ${running.pid}): end it with Ctrl-C, then start again.`);
  await forgetState(folder);
}

async function cloneOf({ urls, environment, folder }: World): Promise<Clone> {
  const url = `${urls.gitlab}/${environment.GITLAB_PROJECT}.git`;
  const { accessTokens } = await loadOrCreateCredentials(folder.credentialsFile);
  const token = accessTokens.dataScientist ?? '';
  return cloneProject({ url, token, author: people.dataScientist, folder: join(folder.temporary, 'demo') });
}

/** Prints the link and the users, and waits for as long as the person takes: the run's own states tell when to go on. */
function waitForPerson(scene: Scene): (link: string) => Promise<void> {
  return async (link) => {
    const users = signInUsers.map(({ username }) => username).join(', ');
    scene.say(`Decide at ${link} (sign in as one of ${users}; steward-1 and steward-2 may decide)`);
    await scene.stage.decision(link.split('/').at(-1) ?? '');
  };
}

/** A part that crashes ends the demo at once, with the log that explains it. */
async function orCrash(running: World, work: Promise<void>): Promise<void> {
  const crash = running.ended.then(({ crash: sentence }) => {
    throw new WorldError(sentence ?? 'The world was stopped.');
  });
  crash.catch(() => undefined);
  await Promise.race([work, crash]);
}

async function stayUp(running: World): Promise<void> {
  const { urls, folder } = running;
  process.stdout.write(
    `\nEverything stays up until Ctrl-C:\n  pages   ${urls.web}\n  GitLab  ${urls.gitlab}\n  inbox   ${urls.inbox}\n  logs    ${folder.logs}\n`,
  );
  const { crash } = await running.ended;
  if (crash) throw new WorldError(crash);
}

function explain(error: unknown): string {
  const sentence =
    error instanceof WorldError
      ? error.message
      : error instanceof Error
        ? (explainFailure(error) ?? error.stack ?? error.message)
        : String(error);
  return world ? `${sentence}\nLogs: ${join(world.folder.logs, '*.log')}` : sentence;
}
