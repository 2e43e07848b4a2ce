/**
 * `npm run bench:sagemaker [-- --only start,api,invoke,lists,executions] [--without-moto]`: how fast the local SageMaker is,
 * beside its goals and, where both have the operation, beside moto's server; in docs/benchmarks.md stands what was measured when.
 * It starts its own servers on free ports and a state folder of its own, and ends them. Exit code 1 only where it could not run:
 * a goal that is missed is printed.
 */
import { parseArgs } from 'node:util';
import { runBench } from './run-bench.mjs';

const HELP = `npm run bench:sagemaker [-- options]

  --only <parts>     some of start, api, invoke, lists, executions, with commas between them
  --without-moto     don't install and measure moto beside it
`;

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: 'start,api,invoke,lists,executions' },
    'without-moto': { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) process.stdout.write(HELP);
else
  await runBench('bench-sagemaker', 'test/bench/sagemaker/main.ts', [
    values.only,
    ...(values['without-moto'] ? ['without-moto'] : []),
  ]);
