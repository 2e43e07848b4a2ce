import * as z from 'zod';
import { systemTime } from '../../shared/adapters/clock.ts';
import { runRecords } from '../../shared/adapters/run-records.ts';
import { s3Documents } from '../../shared/adapters/s3/documents.ts';
import { s3ObjectStore } from '../../shared/adapters/s3/object-store.ts';
import { sagemakerHosting } from '../../shared/adapters/sagemaker/hosting.ts';
import { runOfMove } from '../../shared/application/current-run.ts';
import { readPolicy } from '../../shared/application/read-run-documents.ts';
import { sha256Hex } from '../../shared/domain/canonical-json.ts';
import {
  compareAnswer,
  type GoldenAnswer,
  MAX_GOLDEN_BYTES,
  parseGoldenAnswers,
} from '../../shared/domain/compare-golden-answers.ts';
import { describeEvent } from '../../shared/domain/describe-event.ts';
import { ContractBroken } from '../../shared/domain/faults.ts';
import { endpointNameOf } from '../../shared/domain/names.ts';
import { percentileOf } from '../../shared/domain/percentile.ts';
import type { Run } from '../../shared/domain/run.ts';
import { bounded, cut, Reasons, WhichMove } from '../../shared/domain/run-end.ts';
import type { Documents, ObjectStore } from '../../shared/ports/documents.ts';
import type { Runs, Timeline } from '../../shared/ports/runs.ts';
import type { Hosting } from '../../shared/ports/sagemaker.ts';
import type { Stage } from '../../shared/ports/stage.ts';
import { defineStep, lambdaStep } from '../../shared/runtime/lambda-step.ts';

export type SmokeTestDeps = {
  runs: Pick<Runs, 'get'>;
  timeline: Pick<Timeline, 'record'>;
  documents: Pick<Documents, 'read'>;
  objects: Pick<ObjectStore, 'read'>;
  hosting: Pick<Hosting, 'invoke'>;
  stage: Pick<Stage, 'stage'>;
  now: () => string;
};

const SmokeTest = z.object({ outcome: z.enum(['passed', 'failed']), reasons: Reasons });
type SmokeTest = z.infer<typeof SmokeTest>;

/** State `SmokeTestEndpoint` of endpoint-rollout and of endpoint-rollback: the endpoint must answer what the candidate itself had answered. */
export const step = defineStep({ input: WhichMove, output: SmokeTest, run: smokeTestEndpoint });

export const handler = lambdaStep(step, (environment) => ({
  ...runRecords(environment),
  documents: s3Documents(environment),
  objects: s3ObjectStore(),
  hosting: sagemakerHosting(),
  stage: environment,
  now: systemTime,
}));

/** So many inputs are asked at most; a smoke test is no load test. */
const MOST_INPUTS = 200;
/**
 * After this sum of latencies no further input is asked: an endpoint that is slow is told so, before the function's own five
 * minutes are over. One answer may take another minute, and so may the first one of a fresh container.
 */
const LONGEST_MS = 150_000;
/** The sentences that name single differences; the rest is counted. */
const MOST_DIFFERENCES = 5;

async function smokeTestEndpoint(input: WhichMove, deps: SmokeTestDeps): Promise<SmokeTest> {
  const { environment } = input;
  const run = await runOfMove(deps.runs, input);
  const [{ smokeTest }, golden] = await Promise.all([readPolicy(deps.documents, run), readAnswers(run, deps)]);
  if ('problem' in golden) return { outcome: 'failed', reasons: [golden.problem] };
  const answers = golden.answers.slice(0, MOST_INPUTS);
  const endpointName = endpointNameOf(deps.stage.stage, run.model, environment);

  // The first answer of a fresh container is slow for reasons that say nothing about those after it.
  const [first] = answers;
  if (first !== undefined) await deps.hosting.invoke(endpointName, first.input, first.contentType);
  const latencies: number[] = [];
  const differences: string[] = [];
  let spentMs = 0;
  for (const [index, answer] of answers.entries()) {
    if (spentMs > LONGEST_MS) break;
    const seen = await deps.hosting.invoke(endpointName, answer.input, answer.contentType);
    latencies.push(seen.latencyMs);
    spentMs += seen.latencyMs;
    const difference = differenceOf(answer, seen, smokeTest.tolerance);
    if (difference !== undefined) differences.push(`Golden input ${index + 1}: ${difference}`);
  }
  const p50 = percentileOf(latencies, 50);
  const p95 = percentileOf(latencies, 95);
  const reasons = bounded([
    ...describeDifferences(differences, latencies.length, environment),
    ...describeSlowness(p95, smokeTest.latencyP95Ms),
    ...describeRest(answers.length, latencies.length),
  ]);
  const outcome = reasons.length === 0 ? 'passed' : 'failed';
  const summary =
    outcome === 'passed'
      ? `The endpoint in ${environment} gave all ${answers.length} golden answers (p50 ${p50} ms, p95 ${p95} ms).`
      : (reasons[0] ?? 'The smoke test failed.');
  const detail = {
    outcome,
    inputs: latencies.length,
    differences: differences.length,
    latencyP50Ms: p50,
    latencyP95Ms: p95,
  };
  const again = input.rollbackId ?? run.attempt;
  await deps.timeline.record(
    describeEvent(run.runId, 'smoke-test-finished', deps.now(), { summary, environment, again, detail }),
  );
  return { outcome, reasons };
}

async function readAnswers(
  { runId, registered }: Run,
  { objects }: SmokeTestDeps,
): Promise<{ answers: GoldenAnswer[] } | { problem: string }> {
  if (registered === undefined)
    throw new ContractBroken(`Run ${runId} has no registered version, so nothing can be tested.`);
  const { uri, versionId, sha256 } = registered.goldenAnswers;
  const { bytes } = await objects.read(uri, MAX_GOLDEN_BYTES, versionId);
  if (sha256Hex(bytes) !== sha256)
    return { problem: `${uri} is not the file that was registered: its digest differs.` };
  return parseGoldenAnswers(bytes);
}

type Seen = Awaited<ReturnType<Hosting['invoke']>>;

function differenceOf(answer: GoldenAnswer, seen: Seen, tolerance: number): string | undefined {
  if (seen.outcome === 'model-error') return `the model failed with status ${seen.status}: ${cut(seen.message, 300)}`;
  const comparison = compareAnswer(answer.output, seen.body, tolerance);
  return comparison.outcome === 'same' ? undefined : comparison.sentence;
}

function describeSlowness(p95: number, allowedMs: number | undefined): string[] {
  if (allowedMs === undefined || p95 <= allowedMs) return [];
  return [
    `The endpoint is slow: the 95th percentile of its latency is ${p95} ms, at most ${allowedMs} ms are allowed.`,
  ];
}

function describeRest(inputs: number, asked: number): string[] {
  if (asked === inputs) return [];
  return [
    `The endpoint is slow: it answered ${asked} of ${inputs} golden inputs in ${LONGEST_MS / 1000} s. Make the model faster, or choose fewer golden inputs.`,
  ];
}

function describeDifferences(differences: readonly string[], inputs: number, environment: string): string[] {
  if (differences.length === 0) return [];
  const counted = `The endpoint in ${environment} answered ${differences.length} of ${inputs} golden inputs differently from the candidate that was approved.`;
  return [counted, ...differences.slice(0, MOST_DIFFERENCES)];
}
