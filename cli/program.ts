import { Command, CommanderError } from '@commander-js/extra-typings';
import { bundleRepository } from './bundle-repository.ts';
import { type BundleStore, s3BundleStore } from './bundle-store.ts';
import { addDrift } from './drift-commands.ts';
import type { OperationOptions } from './operation-options.ts';
import { release } from './release.ts';
import { rollback } from './rollback.ts';
import type { Terminal } from './terminal.ts';
import { validateRepository } from './validate-repository.ts';

/** The commands of `mlops`. `finish` is told the exit code of a command that ends without an error. */
export function buildProgram(
  terminal: Terminal,
  finish: (exitCode: number) => void,
  openStore: (uri: string) => BundleStore = (uri) => s3BundleStore(uri),
) {
  const program = new Command('mlops')
    .description('Checks and uploads a machine-learning repository for the control plane.')
    .showHelpAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.error(text.trimEnd()),
    });
  program
    .command('validate')
    .description('check mlops.yaml and the pipeline definition as the platform does when a commit arrives')
    .argument('[folder]', 'the ML repository', '.')
    .option(
      '--onboarding <file>',
      "the model's onboarding record, for its floors (default: the one that comes with mlops)",
    )
    .option('--no-onboarding', 'leave the floors to the platform, which knows them as they are today; what CI does')
    .option('--stage <stage>', 'the stage that fills the record: where data may lie (default: $MLOPS_STAGE)')
    .action(async (folder, options) => finish(await validateRepository(folder, options, terminal)));
  program
    .command('bundle')
    .description('upload the files of the commit, once; needs CI_PROJECT_ID, CI_COMMIT_SHA and MLOPS_BUNDLE_BUCKET')
    .argument('[folder]', 'the ML repository', '.')
    .action(async (folder) => {
      await bundleRepository(folder, openStore, terminal);
      finish(0);
    });
  addOperations(program, terminal, finish);
  addDrift(program, terminal, finish);
  return program;
}

type Operation = (options: OperationOptions, terminal: Terminal) => Promise<number>;

/** What people do to an environment that is live. Bad usage ends with 2, a refusal or a failure with 1. */
function addOperations(program: Command, terminal: Terminal, finish: (exitCode: number) => void): void {
  const operations: [name: string, description: string, run: Operation][] = [
    ['rollback', 'put the version back that was live before, and hold the environment', rollback],
    ['release', 'let runs roll out again to an environment that was rolled back', release],
  ];
  for (const [name, description, run] of operations) {
    program
      .command(name)
      .description(`${description}; for Maintainers of the model's project and its on-call group`)
      .requiredOption('--model <model>', 'as in mlops.yaml')
      .requiredOption('--environment <environment>', 'one of its environments: prod')
      .requiredOption('--reason <text>', 'why; recorded with your name')
      .option('--url <url>', 'where the control plane is (default: $MLOPS_URL)')
      .option('--token-file <file>', 'holds a GitLab token of yours (default: $GITLAB_TOKEN)')
      .exitOverride((error) => {
        throw error.exitCode === 0 ? error : new CommanderError(2, error.code, error.message);
      })
      .action(async (options) => finish(await run(options, terminal)));
  }
}
