import { ApprovalDecided } from './approval-decided.ts';
import { ApprovalRequested } from './approval-requested.ts';
import { CaseClosed } from './case-closed.ts';
import { CaseOpened } from './case-opened.ts';
import { DriftDetected } from './drift-detected.ts';
import { EvaluationJudged } from './evaluation-judged.ts';
import { IssueReported } from './issue-reported.ts';
import { LatencyBudgetBurning } from './latency-budget-burning.ts';
import { ModelLive } from './model-live.ts';
import { ModelVersionRegistered } from './model-version-registered.ts';
import { NoteReported } from './note-reported.ts';
import { PipelineReported } from './pipeline-reported.ts';
import { RetrainingDue } from './retraining-due.ts';
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
  'CaseOpened.v1': CaseOpened,
  'CaseClosed.v1': CaseClosed,
  'RetrainingDue.v1': RetrainingDue,
  'IssueReported.v1': IssueReported,
  'NoteReported.v1': NoteReported,
  'DriftDetected.v1': DriftDetected,
  'LatencyBudgetBurning.v1': LatencyBudgetBurning,
} as const;

export type DetailType = keyof typeof factCatalogue;
