import * as z from 'zod';
import { checkModelArchive } from '../../shared/adapters/check-model-archive.ts';
import { systemTime } from '../../shared/adapters/clock.ts';
import { onboardingRecords } from '../../shared/adapters/onboarding-records.ts';
import { runRecords } from '../../shared/adapters/run-records.ts';
import { s3Documents } from '../../shared/adapters/s3/documents.ts';
import { s3ObjectStore } from '../../shared/adapters/s3/object-store.ts';
import { currentRun } from '../../shared/application/current-run.ts';
import { enterStage } from '../../shared/application/enter-stage.ts';
import { judgeReport } from '../../shared/application/judge-report.ts';
import { readVerdict } from '../../shared/application/read-run-documents.ts';
import { canonicalJson } from '../../shared/domain/canonical-json.ts';
import { describeEvent } from '../../shared/domain/describe-event.ts';
import { ContractBroken } from '../../shared/domain/faults.ts';
import type { GateVerdict } from '../../shared/domain/gate-verdict.ts';
import type { Run } from '../../shared/domain/run.ts';
import { bounded, Reasons, WhichRun } from '../../shared/domain/run-end.ts';
import type { Documents, ObjectStore } from '../../shared/ports/documents.ts';
import type { Onboarding } from '../../shared/ports/onboarding.ts';
import type { Runs, Timeline } from '../../shared/ports/runs.ts';
import type { Stage } from '../../shared/ports/stage.ts';
import { defineStep, lambdaStep } from '../../shared/runtime/lambda-step.ts';

export type JudgeEvaluationDeps = {
  runs: Pick<Runs, 'get' | 'update'>;
  timeline: Pick<Timeline, 'record'>;
  documents: Documents;
  objects: Pick<ObjectStore, 'list' | 'head' | 'find' | 'digest'>;
  /** Sentences that say why an archive may not be served; none for a sound one. */
  checkArchive: (artifact: { uri: string; versionId: string }) => Promise<string[]>;
  onboarding: Pick<Onboarding, 'ofModel'>;
  stage: Pick<Stage, 'bucket'>;
  now: () => string;
};

/** What a function can hash and unpack well within its time. */
const MAX_ARTIFACT_BYTES = 3_000_000_000;

const Judgement = z.object({ outcome: z.enum(['passed', 'rejected', 'inconclusive', 'blocked']), reasons: Reasons });
type Judgement = z.infer<typeof Judgement>;

/** State `JudgeEvaluation` of model-lifecycle. */
export const step = defineStep({ input: WhichRun, output: Judgement, run: judgeEvaluation });

export const handler = lambdaStep(step, (environment) => {
  const objects = s3ObjectStore();
  return {
    ...runRecords(environment),
    documents: s3Documents(environment),
    objects,
    checkArchive: (artifact) => checkModelArchive(artifact, objects),
    onboarding: onboardingRecords(environment),
    stage: environment,
    now: systemTime,
  };
});

/** A verdict is given once; a repetition answers with it. */
async function judgeEvaluation(input: WhichRun, deps: JudgeEvaluationDeps): Promise<Judgement> {
  const run = await currentRun(deps.runs, input);
  const uri = artifactUriOf(run);
  const sizeBytes = (await deps.objects.head(uri))?.sizeBytes ?? 0;
  if (sizeBytes > MAX_ARTIFACT_BYTES) return { outcome: 'blocked', reasons: [describeSize(uri, sizeBytes)] };
  const artifact = { uri, ...(await deps.objects.digest(uri)) };
  if (run.artifactSha256 !== undefined && run.artifactSha256 !== artifact.sha256) {
    return {
      outcome: 'blocked',
      reasons: [`The model artifact ${uri} is not the one that was judged: its digest differs.`],
    };
  }
  const verdict =
    run.verdict === undefined ? await judgeOnce(run, artifact, deps) : await readVerdict(deps.documents, run);
  if (verdict.verdict !== 'passed') {
    const failed = verdict.results.filter(({ result }) => result !== 'passed').map(({ sentence }) => sentence);
    return { outcome: verdict.verdict, reasons: bounded([...verdict.problems, ...failed]) };
  }
  const problems = await deps.checkArchive(artifact);
  return { outcome: problems.length > 0 ? 'blocked' : 'passed', reasons: bounded(problems) };
}

async function judgeOnce(run: Run, artifact: { sha256: string }, deps: JudgeEvaluationDeps): Promise<GateVerdict> {
  const judging = await enterStage(deps.runs, run, 'judging', deps.now());
  const { verdict, report } = await judgeReport(judging, deps);
  const key = `documents/${run.runId}/verdict.json`;
  const reference = await deps.documents.write(key, canonicalJson(verdict), 'application/json');
  const artifactSha256 = artifact.sha256;
  const changes = { verdict: reference, artifactSha256, ...(report && { report }) };
  const judged = await deps.runs.update(run.runId, changes, deps.now());
  await deps.timeline.record(
    describeEvent(run.runId, 'evaluation-judged', deps.now(), {
      summary: summarise(verdict),
      detail: {
        verdict: verdict.verdict,
        verdictSha256: reference.sha256,
        artifactSha256,
        ...(report && { reportSha256: report.sha256 }),
      },
    }),
    judged,
  );
  return verdict;
}

function artifactUriOf(run: Run): string {
  const uri = run.training?.artifactUri;
  if (uri !== undefined) return uri;
  throw new ContractBroken(`Run ${run.runId} has no model artifact, so it can't be judged. Look at its training.`);
}

function describeSize(uri: string, sizeBytes: number): string {
  return `The model artifact ${uri} has ${sizeBytes} bytes; at most ${MAX_ARTIFACT_BYTES} are taken. Leave training data and checkpoints out of it, or make the model smaller.`;
}

function summarise({ verdict, results, problems }: GateVerdict): string {
  const passed = results.filter(({ result }) => result === 'passed').length;
  const counted = `${passed} of ${results.length} gates passed`;
  const first = problems[0] ?? results[0]?.sentence ?? '';
  return verdict === 'passed'
    ? `The gates passed the candidate: ${counted}.`
    : `The verdict is ${verdict}: ${counted}. ${first}`;
}
