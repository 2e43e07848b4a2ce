import type { PipelineStep } from '../state/records.ts';
import type { PlannedStep } from './definition.ts';

type Progress = { ready: PlannedStep[]; running: boolean; failed: boolean };

export function isRunning({ status }: PipelineStep): boolean {
  return status === 'Starting' || status === 'Executing' || status === 'Stopping';
}

/** What can start now. After a failure nothing new starts; what runs may end. */
export function progressOf(planned: PlannedStep[], steps: PipelineStep[]): Progress {
  const seen = new Map(steps.map((step) => [step.name, step]));
  const failed = steps.some((step) => step.status === 'Failed' || step.status === 'Stopped');
  const ready = failed ? [] : planned.filter((step) => !seen.has(step.name) && canStart(step, seen));
  return { ready, running: steps.some(isRunning), failed };
}

function canStart(step: PlannedStep, seen: Map<string, PipelineStep>): boolean {
  if (!step.dependsOn.every((name) => seen.get(name)?.status === 'Succeeded')) return false;
  return step.guard === undefined || seen.get(step.guard.condition)?.metadata.Condition?.Outcome === step.guard.outcome;
}
