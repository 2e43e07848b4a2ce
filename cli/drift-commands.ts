import { type Command, CommanderError } from '@commander-js/extra-typings';
import { CliError } from './cli-error.ts';
import { driftBaseline } from './drift-baseline.ts';
import { driftCompare } from './drift-compare.ts';
import { saidBy } from './error-facts.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/** `mlops drift …`: the monitor's engine at a prompt. Bad usage and unreadable input end with 2. */
export function addDrift(program: Command, terminal: Terminal, finish: (exitCode: number) => void): void {
  const drift = program
    .command('drift')
    .description('compare captured requests with the training data; no AWS needed')
    .usage('<command> [options]')
    .argument('[command]')
    .exitOverride(asUsageError)
    .showHelpAfterError(false)
    .action((name) => {
      const wrong = name === undefined ? 'Say what to do' : `There is no command drift ${name}`;
      throw new UsageError(`${wrong}: drift baseline or drift compare; see mlops drift --help.`);
    });
  drift
    .command('baseline')
    .description('learn what training data looks like, in one pass over a CSV file with a header')
    .requiredOption('--data <file>', 'the training data (RFC 4180, header)')
    .requiredOption('--out <file>', 'where the baseline is written')
    .option('--target <column>', 'the label: it is no feature')
    .option('--prediction <column>', "the model's own answers, compared with the answers that were captured")
    .option('--types <file>', 'JSON for columns whose kind the rule gets wrong: { "zip": "categorical" }')
    .option('--statistics <file>', "also write Model Monitor's statistics.json, for tools that read it")
    .option('--constraints <file>', "also write Model Monitor's constraints.json")
    .addHelpText('after', BASELINE_EXAMPLES)
    .exitOverride(asUsageError)
    .showHelpAfterError(false)
    .action(async (options) => finish(await orCouldNotTell(() => driftBaseline(options, terminal))));
  drift
    .command('compare')
    .description('say whether captured requests still look like the training data')
    .requiredOption('--baseline <file>', 'of `drift baseline`, or a statistics.json of SageMaker Model Monitor')
    .requiredOption('--captures <place>', 'a file, a folder with *.jsonl files, or s3://bucket/prefix')
    .option('--from <time>', 'only records from this time on: 2026-11-23T10:00:00Z')
    .option('--to <time>', 'only records before this time')
    .option('--policy <file>', 'mlops.yaml: its alert.features instead of `any feature`')
    .option('--json <file>', 'where the report is written for programs')
    .option('--html <file>', 'where the report is written for people')
    .option('--constraints <file>', 'constraints.json beside a statistics.json')
    .option('--target <column>', 'with a statistics.json: the label, which requests lack')
    .option('--prediction <column>', "with a statistics.json: the model's answers, which requests lack")
    .addHelpText('after', COMPARE_EXAMPLES)
    .exitOverride(asUsageError)
    .showHelpAfterError(false)
    .action(async (options) => finish(await orCouldNotTell(() => driftCompare(options, terminal))));
}

/** 1 means drifted, so nothing else may end with it, not even what nobody thought of. */
async function orCouldNotTell<Answer>(run: () => Promise<Answer>): Promise<Answer> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new UsageError(`The command broke off: ${saidBy(error)}`, { cause: error });
  }
}

/** Help is no error; everything else that commander ends with is bad usage. */
function asUsageError(error: CommanderError): never {
  throw error.exitCode === 0 ? error : new CommanderError(2, error.code, error.message);
}

const BASELINE_EXAMPLES = `
A column is numeric if every value in it is a number, else categorical. Empty cells are missing.

Examples:
  $ mlops drift baseline --data train.csv --target late --out baseline.json
  $ mlops drift baseline --data train.csv --types types.json --prediction score --out baseline.json`;

const COMPARE_EXAMPLES = `
Exit codes: 0 ok or warning, 1 drifted, 2 could not tell (bad usage, unreadable input, fewer than 500 rows).
The reports are written for every verdict.

Examples:
  $ mlops drift compare --baseline baseline.json --captures captures/ --html report.html
  $ mlops drift compare --baseline baseline.json --captures s3://bucket/prefix/ \\
      --from 2026-11-23T10:00:00Z --to 2026-11-23T11:00:00Z --policy mlops.yaml --json report.json
  $ mlops drift compare --baseline statistics.json --constraints constraints.json --captures day.jsonl`;
