import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { median } from '../figures.ts';
import { residentMegabytes, watchPeak } from '../processes.ts';
import type { Api } from './http-client.ts';
import { noopPipeline, ROLE } from './requests.ts';

export const AT_ONCE = 100;
const STEPS = 3;
const ALONE = 10;
const PATIENCE_MS = 900_000;
const PIPELINE = 'bench-noop';
const run = promisify(execFile);

type StepFigures = { stepMs: number; pythonMs: number; oursMs: number };

/** One execution at a time, in turns with as many bare starts of the same script: what a step takes beyond its Python. */
export async function measureSteps(api: Api, python: string, script: string, code: string): Promise<StepFigures> {
  await api('CreatePipeline', {
    ...{ PipelineName: PIPELINE, RoleArn: ROLE, ClientRequestToken: randomUUID() },
    PipelineDefinition: noopPipeline(code),
  });
  const steps: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round <= ALONE; round += 1) {
    const arn = await start(api);
    await ends(api, new Set([arn]));
    const { CreationTime, LastModifiedTime } = await api('DescribePipelineExecution', { PipelineExecutionArn: arn });
    const tookMs = (Number(LastModifiedTime) - Number(CreationTime)) * 1000;
    const pythonMs = await bareStarts(python, script);
    if (round === 0) continue; // The first one warms connections and files.
    steps.push(tookMs / STEPS);
    bare.push(pythonMs / STEPS);
  }
  const stepMs = median(steps);
  const pythonMs = median(bare);
  return { stepMs, pythonMs, oursMs: stepMs - pythonMs };
}

type ManyFigures = {
  succeeded: number;
  stepsPerSecond: number;
  seconds: number;
  before: number;
  peak: number;
  after: number;
};

/** So many executions at once, all of which must succeed; memory of the server meanwhile, in MB. */
export async function measureMany(api: Api, pid: number): Promise<ManyFigures> {
  const before = residentMegabytes(pid);
  const peakSoFar = watchPeak(() => residentMegabytes(pid), 500);
  const began = performance.now();
  const arns = await Promise.all(Array.from({ length: AT_ONCE }, () => start(api)));
  const succeeded = await ends(api, new Set(arns));
  const seconds = (performance.now() - began) / 1000;
  return {
    ...{ succeeded, seconds, stepsPerSecond: (AT_ONCE * STEPS) / seconds },
    ...{ before, peak: peakSoFar(), after: residentMegabytes(pid) },
  };
}

async function start(api: Api): Promise<string> {
  const answer = await api('StartPipelineExecution', { PipelineName: PIPELINE, ClientRequestToken: randomUUID() });
  return String(answer.PipelineExecutionArn);
}

/** Resolves when all have ended, with the number of those that succeeded in every step. */
async function ends(api: Api, arns: Set<string>): Promise<number> {
  let succeeded = 0;
  const deadline = Date.now() + PATIENCE_MS;
  while (arns.size > 0) {
    if (Date.now() > deadline)
      throw new Error(`${arns.size} executions did not end within ${PATIENCE_MS / 60_000} minutes.`);
    await sleep(arns.size > 1 ? 500 : 50);
    for (const arn of [...arns]) {
      const { PipelineExecutionStatus } = await api('DescribePipelineExecution', { PipelineExecutionArn: arn });
      if (PipelineExecutionStatus === 'Executing') break; // They end in the order they began, nearly.
      arns.delete(arn);
      if (await allStepsSucceeded(api, arn)) succeeded += 1;
    }
  }
  return succeeded;
}

async function allStepsSucceeded(api: Api, arn: string): Promise<boolean> {
  const { PipelineExecutionSteps: steps } = await api('ListPipelineExecutionSteps', { PipelineExecutionArn: arn });
  return Array.isArray(steps) && steps.filter((step) => step.StepStatus === 'Succeeded').length === STEPS;
}

async function bareStarts(python: string, script: string): Promise<number> {
  const began = performance.now();
  for (let each = 0; each < STEPS; each += 1) await run(python, [script]);
  return performance.now() - began;
}
