import { join } from 'node:path';
import { partNames } from '../world/part-names.ts';
import { WorldError } from '../world/world-error.ts';
import { parseWorldArguments, type WorldArguments } from '../world/world-options.ts';

export type DemoOptions = WorldArguments & { interactive: boolean; keep: boolean };

/** The demo's own flags, and those of the world that it starts. Its state is its own, so that every demo begins anew. */
export async function parseDemoArguments(
  argv: readonly string[],
  environment: NodeJS.ProcessEnv,
  own: readonly string[],
): Promise<DemoOptions> {
  const world = await parseWorldArguments(
    argv.filter((argument) => !own.includes(argument)),
    environment,
  );
  if (world.command !== 'start')
    throw new WorldError(`"${world.command}" is a command of "npm run local", not of the demo: see --help.`);
  if (world.parts.length < partNames.length)
    throw new WorldError('The demo needs all parts of the world: leave --only out. See --help.');
  return {
    ...world,
    stateFolder: join(world.stateFolder, 'demo'),
    interactive: argv.includes('--interactive'),
    keep: argv.includes('--keep'),
  };
}

const sharedOptions = `  --keep                      leave everything up afterwards, until Ctrl-C
  --free-ports                any free ports; or choose each with --web-port, --gitlab-port, --inbox-port, --aws-port, --sagemaker-port
  --state-folder <folder>     where the demo keeps state and logs, in a folder "demo" below it: .local

Exit code 0: everything came true. 1: something did not; the reason and the log to read are printed.
`;

export const demoHelp = `npm run demo [-- options]     pushes three commits of ml/flight-delays through the whole product on this machine:
                              a good one to prod, a bad one back to its author, one that a steward rejects

Options
  --interactive               stop at the first approval, and wait until you decide on the page
${sharedOptions}`;

export const driftDemoHelp = `npm run demo:drift [-- options]
                              watches a live model on this machine: real traffic that has drifted raises the alarm, opens a case and
                              trains again; a rollback is shown; the case closes when the traffic is as it was.
                              Goes on in the demo that \`npm run demo -- --keep\` has left up, or starts a world of its own

Options
${sharedOptions}`;
