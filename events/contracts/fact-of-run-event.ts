import * as z from 'zod';
import { ContractBroken } from '../../shared/domain/faults.ts';
import type { Run } from '../../shared/domain/run.ts';
import { fitted } from '../../shared/domain/run-end.ts';
import type { RunEvent, RunEventType } from '../../shared/domain/run-event.ts';
import { type DetailType, factCatalogue } from './fact-catalogue.ts';

/** A fact has at most 8 KB; what a fact holds beside its reasons needs less than two. */
const MOST_BYTES_OF_REASONS = 6000;

type OwnFacts = (event: RunEvent, run: Run) => Record<string, unknown>;
type FactRule = { detailType: DetailType; ownFacts: OwnFacts };

/** Which events of a timeline the rest of the company hears of, and with which facts beside run, model, commit and time. */
const rules: Partial<Record<RunEventType, FactRule>> = {
  'run-accepted': {
    detailType: 'RunAccepted.v1',
    ownFacts: (_event, run) => ({
      sequence: run.sequence,
      attempt: run.attempt,
      projectId: run.projectId,
      projectPath: run.projectPath,
      ref: run.ref,
      pipelineId: run.pipelineId,
      policySha256: run.policySha256,
      bundleDigest: run.bundleDigest,
      dataDigest: run.dataDigest,
    }),
  },
  'training-finished': { detailType: 'TrainingFinished.v1', ownFacts: trainingEnded('trained') },
  'training-failed': { detailType: 'TrainingFinished.v1', ownFacts: trainingEnded('failed') },
  'evaluation-judged': {
    detailType: 'EvaluationJudged.v1',
    ownFacts: (event) => ({ verdict: event.detail.verdict, summary: event.summary }),
  },
  'version-registered': {
    detailType: 'ModelVersionRegistered.v1',
    ownFacts: (event, run) => ({
      version: run.registered?.version ?? event.detail.version,
      modelPackageArn: run.registered?.modelPackageArn ?? event.detail.modelPackageArn,
      artifactSha256: run.registered?.artifactSha256 ?? run.artifactSha256,
    }),
  },
  'approval-requested': {
    detailType: 'ApprovalRequested.v1',
    ownFacts: (event, run) => ({ reviewId: run.reviewId ?? event.detail.reviewId, expiresAt: event.detail.expiresAt }),
  },
  'approval-decided': {
    detailType: 'ApprovalDecided.v1',
    ownFacts: (event, run) => ({ outcome: event.detail.outcome, reviewId: run.reviewId, decidedBy: event.actor }),
  },
  'approval-expired': {
    detailType: 'ApprovalDecided.v1',
    ownFacts: (_event, run) => ({ outcome: 'expired', reviewId: run.reviewId }),
  },
  'rollout-finished': { detailType: 'RolloutFinished.v1', ownFacts: rolloutEnded('live') },
  'rollout-failed': { detailType: 'RolloutFinished.v1', ownFacts: rolloutEnded('failed') },
  'model-live': {
    detailType: 'ModelLive.v1',
    ownFacts: (event, run) => ({
      version: run.registered?.version ?? event.detail.version,
      modelPackageArn: run.registered?.modelPackageArn,
      environments: run.environments,
    }),
  },
  'run-routed-back': {
    detailType: 'RunRoutedBack.v1',
    ownFacts: (event, run) => ({
      reasons: fittedReasons(event.detail.reasons) ?? fitted(run.reasons, MOST_BYTES_OF_REASONS),
      issueUrl: event.detail.issueUrl ?? run.issueUrl,
    }),
  },
};

/** Whether the rest of the company hears of an event of this type. */
export function isFact({ type }: Pick<RunEvent, 'type'>): boolean {
  return rules[type] !== undefined;
}

/** Anything but a list of texts is left to the contract, which refuses it. */
function fittedReasons(reasons: unknown): unknown {
  const texts = z.array(z.string()).safeParse(reasons);
  return texts.success ? fitted(texts.data, MOST_BYTES_OF_REASONS) : reasons;
}

function trainingEnded(outcome: 'trained' | 'failed'): OwnFacts {
  return (event, run) => ({
    outcome,
    number: run.training?.number,
    pipelineExecutionArn: run.training?.pipelineExecutionArn,
    summary: event.summary,
  });
}

function rolloutEnded(outcome: 'live' | 'failed'): OwnFacts {
  return (event, run) => ({
    environment: event.environment,
    outcome,
    version: run.registered?.version,
    summary: event.summary,
  });
}

/**
 * The fact that goes out on the bus for an event of a run's timeline; `undefined` where the event stays within the run.
 * @throws ContractBroken when event and run together lack what the fact's contract asks for
 */
export function factOfRunEvent(
  event: RunEvent,
  run: Run,
): { detailType: DetailType; detail: Record<string, unknown>; occurredAt: string } | undefined {
  const rule = rules[event.type];
  if (!rule) return undefined;
  const detail = {
    runId: run.runId,
    model: run.model,
    commit: run.commit,
    occurredAt: event.at,
    ...rule.ownFacts(event, run),
  };
  const parsed = factCatalogue[rule.detailType].safeParse(detail);
  if (!parsed.success)
    throw new ContractBroken(
      `${rule.detailType} of run ${run.runId} is not as agreed: ${z.prettifyError(parsed.error)}`,
    );
  return { detailType: rule.detailType, detail: parsed.data, occurredAt: event.at };
}
