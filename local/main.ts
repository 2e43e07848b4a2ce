/** `npm run local`: the laptop's world. */
import { join } from 'node:path';
import { exportLines } from './world/environment.ts';
import { explainFailure } from './world/explain-failure.ts';
import { forgetState } from './world/forget-state.ts';
import { partNames, partTitles } from './world/part-names.ts';
import { signInUsers } from './world/people.ts';
import { prepareTools, venvFolder } from './world/prepare-tools.ts';
import { projectRoot } from './world/project-root.ts';
import { readRunFile } from './world/run-file.ts';
import { stateFolderAt } from './world/state-folder.ts';
import { stopOnSignals } from './world/stop-on-signals.ts';
import { startWorld, type World } from './world/world.ts';
import { WorldError } from './world/world-error.ts';
import { parseWorldArguments, type WorldArguments, worldHelp } from './world/world-options.ts';

try {
  const settings = await parseWorldArguments(process.argv.slice(2), process.env);
  if (settings.help) process.stdout.write(worldHelp);
  else await { start, env: printEnvironment, prepare, reset }[settings.command](settings);
} catch (error) {
  const sentence = error instanceof WorldError ? error.message : explainFailure(error);
  if (sentence === undefined) throw error;
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

async function start(settings: WorldArguments): Promise<void> {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  let world: World | undefined;
  // While the world starts there is nobody to ask: its own exit handler ends the children.
  stopOnSignals(async () => world?.stop());
  world = await startWorld({ ...settings, onProgress: say });
  say(greeting(world));
  const { crash } = await world.ended;
  if (crash === undefined) return;
  process.stderr.write(`${crash} Everything was stopped.\n`);
  process.exit(1);
}

async function printEnvironment(settings: WorldArguments): Promise<void> {
  const run = readRunFile(stateFolderAt(settings.stateFolder).runFile);
  if (run === undefined) throw new WorldError('No world runs here: start it with "npm run local".');
  if (!run.ready) throw new WorldError('The world is still starting: ask again in a moment.');
  process.stdout.write(exportLines(run.environment));
}

/** For a machine that is to be set up now and used later, and for the tests of the sample repository. */
async function prepare(settings: WorldArguments): Promise<void> {
  stopOnSignals(() => Promise.resolve());
  const venvs = await prepareTools(settings.parts, venvFolder, (line) => process.stderr.write(`${line}\n`));
  for (const venv of Object.values(venvs)) process.stdout.write(`${venv.folder}\n`);
  // The channel to the starter would keep this process.
  process.exit(0);
}

async function reset(settings: WorldArguments): Promise<void> {
  const folder = stateFolderAt(settings.stateFolder);
  const run = readRunFile(folder.runFile);
  if (run !== undefined)
    throw new WorldError(`A world runs here (process ${run.pid}): stop it with Ctrl-C, then reset.`);
  const forgot = await forgetState(folder);
  process.stdout.write(
    forgot ? `Forgot the state and logs in ${folder.root}.\n` : `There is no world's state in ${folder.root}.\n`,
  );
}

function greeting({ parts, urls, folder }: World): string {
  const running = partNames
    .filter((part) => parts.includes(part))
    .map((part) => `  ${partTitles[part].padEnd(22)}${urls[part]}`);
  const users = parts.includes('gitlab')
    ? ['', 'Sign in as', ...signInUsers.map(({ username, name }) => `  ${username.padEnd(22)}${name}`)]
    : [];
  const folderOption = folder.root === join(projectRoot, '.local') ? '' : ` --state-folder '${folder.root}'`;
  return [
    '',
    ...running,
    ...users,
    '',
    `Logs: ${join(folder.logs, '*.log')}`,
    `For your own clients: eval "$(npm run -s local -- env${folderOption})"`,
    'Ready. Ctrl-C stops everything.',
  ].join('\n');
}
