import { Command } from '@commander-js/extra-typings';
import { bundleRepository } from './bundle-repository.ts';
import { type BundleStore, s3BundleStore } from './bundle-store.ts';
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
    .option('--onboarding <file>', "the model's onboarding record; its floors are checked too")
    .option('--stage <stage>', 'the stage that fills the record (default: $MLOPS_STAGE)')
    .action(async (folder, options) => finish(await validateRepository(folder, options, terminal)));
  program
    .command('bundle')
    .description('upload the files of the commit, once; needs CI_PROJECT_ID, CI_COMMIT_SHA and MLOPS_BUNDLE_BUCKET')
    .argument('[folder]', 'the ML repository', '.')
    .action(async (folder) => {
      await bundleRepository(folder, openStore, terminal);
      finish(0);
    });
  return program;
}
