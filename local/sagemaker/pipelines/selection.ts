import type { SelectiveExecutionConfig } from '@aws-sdk/client-sagemaker';
import type { Checked } from '../api/checked.ts';
import { ValidationException } from '../errors.ts';
import type { PipelineExecution, PipelineStep } from '../state/records.ts';
import type { PlannedStep } from './definition.ts';

type Selection = Checked<SelectiveExecutionConfig>;

/** The steps that run: all, or the selected ones. */
export function selectedSteps(planned: PlannedStep[], selection: Selection | undefined): PlannedStep[] {
  if (selection === undefined) return planned;
  const names = namesOf(selection);
  return planned.filter((step) => names.has(step.name));
}

/**
 * What a selective execution takes over from its source: every step that succeeded there, except the selected ones and those
 * that come after them, which neither run nor are taken over.
 * @throws ValidationException for selected steps that don't exist, have unselected ones between them, or need what isn't there
 */
export function stepsTakenOver(
  planned: PlannedStep[],
  selection: Selection,
  source: PipelineExecution | undefined,
): PipelineStep[] {
  const names = namesOf(selection);
  const stranger = [...names].find((name) => !planned.some((step) => step.name === name));
  if (stranger !== undefined)
    throw new ValidationException(`The selected step '${stranger}' is no step of this pipeline.`);
  requireNoGap(planned, names);
  const after = reachable([...names], followers(planned));
  const taken = (source?.steps ?? [])
    .filter((step) => step.status === 'Succeeded' && !after.has(step.name))
    .map((step) => ({ ...step, takenFrom: step.takenFrom ?? source?.arn ?? '' }));
  const there = new Set([...names, ...taken.map((step) => step.name)]);
  for (const step of selectedSteps(planned, selection)) {
    const missing = step.dependsOn.find((name) => !there.has(name));
    if (missing !== undefined) {
      throw new ValidationException(
        `The selected step '${step.name}' depends on '${missing}', which is not selected: name a SourcePipelineExecutionArn in which it succeeded.`,
      );
    }
  }
  return taken;
}

/** All steps on all paths between two selected steps must be selected. */
function requireNoGap(planned: PlannedStep[], names: Set<string>): void {
  const before = new Map(planned.map((step) => [step.name, step.dependsOn]));
  const upstream = reachable([...names], before);
  const downstream = reachable([...names], followers(planned));
  const gap = planned.find(({ name }) => !names.has(name) && upstream.has(name) && downstream.has(name));
  if (gap !== undefined)
    throw new ValidationException(`The step '${gap.name}' stands between selected steps and must be selected too.`);
}

/** For each step, those that depend on it. */
function followers(planned: PlannedStep[]): Map<string, string[]> {
  return new Map(
    planned.map(({ name }) => [name, planned.filter((step) => step.dependsOn.includes(name)).map((step) => step.name)]),
  );
}

function reachable(from: string[], next: Map<string, string[]>): Set<string> {
  const seen = new Set<string>();
  const waiting = [...from];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    waiting.push(...(next.get(name) ?? []));
  }
  return seen;
}

function namesOf(selection: Selection): Set<string> {
  return new Set(selection.SelectedSteps.map((step) => step.StepName));
}
