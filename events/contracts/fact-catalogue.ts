import { ApprovalDecided } from './approval-decided.ts';
import { ApprovalRequested } from './approval-requested.ts';
import { EvaluationJudged } from './evaluation-judged.ts';
import { ModelLive } from './model-live.ts';
import { ModelVersionRegistered } from './model-version-registered.ts';
import { PipelineReported } from './pipeline-reported.ts';
import { RolloutFinished } from './rollout-finished.ts';
import { RunAccepted } from './run-accepted.ts';
import { RunRoutedBack } from './run-routed-back.ts';
import { TrainingFinished } from './training-finished.ts';

/** Every detail-type that the product puts on its bus, under the source `mlops`, with the schema of its detail. */
export const factCatalogue = {
  'PipelineReported.v1': PipelineReported,
  'RunAccepted.v1': RunAccepted,
  'TrainingFinished.v1': TrainingFinished,
  'EvaluationJudged.v1': EvaluationJudged,
  'ModelVersionRegistered.v1': ModelVersionRegistered,
  'ApprovalRequested.v1': ApprovalRequested,
  'ApprovalDecided.v1': ApprovalDecided,
  'RolloutFinished.v1': RolloutFinished,
  'ModelLive.v1': ModelLive,
  'RunRoutedBack.v1': RunRoutedBack,
} as const;

export type DetailType = keyof typeof factCatalogue;
