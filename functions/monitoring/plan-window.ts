import * as z from 'zod';
import { systemTime } from '../../shared/adapters/clock.ts';
import { dynamodbDeployments } from '../../shared/adapters/dynamodb/deployments.ts';
import { dynamodbMonitorWindows } from '../../shared/adapters/dynamodb/monitor-windows.ts';
import { dynamodbRuns } from '../../shared/adapters/dynamodb/runs.ts';
import { eventbridgeBus } from '../../shared/adapters/eventbridge/bus.ts';
import { s3CaptureObjects } from '../../shared/adapters/s3/capture-objects.ts';
import { s3Documents } from '../../shared/adapters/s3/documents.ts';
import { sagemakerHosting } from '../../shared/adapters/sagemaker/hosting.ts';
import { sagemakerModelRegistry } from '../../shared/adapters/sagemaker/model-registry.ts';
import { listCaptures } from '../../shared/application/list-captures.ts';
import { type LoadBaselineDeps, loadBaseline } from '../../shared/application/load-baseline.ts';
import { readPolicy } from '../../shared/application/read-run-documents.ts';
import { canonicalJson } from '../../shared/domain/canonical-json.ts';
import { captureUriOf, VARIANT } from '../../shared/domain/capture-place.ts';
import type { Deployment } from '../../shared/domain/deployment.ts';
import { driftMonitoringOf } from '../../shared/domain/drift-monitoring-of.ts';
import { secondsOf } from '../../shared/domain/durations.ts';
import { ContractBroken } from '../../shared/domain/faults.ts';
import { DocumentReference, EnvironmentName, ModelName, Timestamp } from '../../shared/domain/identifiers.ts';
import { type MonitorWindow, planned, TimeWindow, WindowKey } from '../../shared/domain/monitor-window.ts';
import { batchesOf, readWindow, type WindowPlan, windowOf } from '../../shared/domain/plan-window.ts';
import { Reasons } from '../../shared/domain/run-end.ts';
import { statesKeyOf } from '../../shared/domain/window-places.ts';
import type { CaptureObjects } from '../../shared/ports/capture-objects.ts';
import type { Deployments } from '../../shared/ports/deployments.ts';
import type { Documents } from '../../shared/ports/documents.ts';
import type { MonitorWindows } from '../../shared/ports/monitor-windows.ts';
import type { Runs } from '../../shared/ports/runs.ts';
import type { Hosting } from '../../shared/ports/sagemaker.ts';
import type { Stage } from '../../shared/ports/stage.ts';
import { defineStep, lambdaStep } from '../../shared/runtime/lambda-step.ts';

export type PlanWindowDeps = LoadBaselineDeps & {
  deployments: Pick<Deployments, 'find'>;
  hosting: Pick<Hosting, 'describeEndpoint'>;
  runs: Pick<Runs, 'get'>;
  windows: Pick<MonitorWindows, 'claim' | 'fail'>;
  captures: Pick<CaptureObjects, 'list'>;
  /** The capture bucket: what is counted of a window lies beside the records, not among the control plane's documents. */
  states: Pick<Documents, 'write'>;
  stage: Pick<Stage, 'captureBucket'>;
  now: () => string;
};

const Input = z.object({
  model: ModelName,
  environment: EnvironmentName,
  /** When the schedule fired; now, where nobody says. */
  scheduledAt: Timestamp.optional(),
  /** A look on demand; else the policy's window, which ends a little before `scheduledAt`. */
  window: TimeWindow.optional(),
});
type Input = z.output<typeof Input>;

const Planning = z.object({
  outcome: z.enum(['planned', 'judged', 'already-judged', 'no-monitoring', 'retired', 'baseline-broken']),
  reasons: Reasons,
  /** Which window the other steps work on; without a span where there is none. */
  window: WindowKey.partial({ window: true }),
  plan: DocumentReference.optional(),
  batches: z.number().int().min(0).default(0),
});
type Planning = z.input<typeof Planning>;

/** State `PlanWindow` of monitor-window. Its outcomes other than `planned` and `judged` leave nothing to judge. */
export const step = defineStep({ input: Input, output: Planning, run: planWindow });

export const handler = lambdaStep(step, (environment) => {
  const records = { table: environment.table, bus: eventbridgeBus(environment) };
  return {
    deployments: dynamodbDeployments(environment),
    hosting: sagemakerHosting(),
    registry: sagemakerModelRegistry(),
    runs: dynamodbRuns(records),
    windows: dynamodbMonitorWindows(records),
    documents: s3Documents(environment),
    captures: s3CaptureObjects(),
    states: s3Documents({ bucket: environment.captureBucket }),
    stage: environment,
    now: systemTime,
  };
});

async function planWindow(input: Input, deps: PlanWindowDeps): Promise<Planning> {
  const { model, environment } = input;
  const place = { model, environment, variant: VARIANT };
  const deployment = await deps.deployments.find(model, environment);
  const live = await findLive(deployment, deps);
  if (deployment === undefined || live === undefined)
    return { outcome: 'retired', reasons: [`Nothing of ${model} is live in ${environment}.`], window: place };
  const policy = await readPolicy(deps.documents, await deps.runs.get(live.runId));
  const monitoring = driftMonitoringOf(policy, environment);
  if (monitoring === undefined) {
    const reason = `The policy of version ${live.version} does not watch drift in ${environment}: it has no monitoring.drift, or captures nothing there.`;
    return { outcome: 'no-monitoring', reasons: [reason], window: place };
  }
  const window = spanOf(input, monitoring.drift.window, deps.now());
  const { endpointName } = deployment;
  const row = await deps.windows.claim(
    planned({ ...place, window, endpointName, runId: live.runId, version: live.version }),
  );
  const key = { ...place, window };
  if (row.status === 'judged')
    return { outcome: row.publishedAt === undefined ? 'judged' : 'already-judged', reasons: [], window: key };
  const destination = captureUriOf(deps.stage.captureBucket, monitoring.capture, model, environment);
  return planReading(row, destination, deps);
}

/** An endpoint that somebody deleted in SageMaker is as little live as one that was never rolled out. */
async function findLive({ live, endpointName }: Partial<Deployment> = {}, { hosting }: PlanWindowDeps) {
  if (live === undefined || endpointName === undefined) return undefined;
  const endpoint = await hosting.describeEndpoint(endpointName);
  return endpoint === undefined || endpoint.status === 'Deleting' ? undefined : live;
}

function spanOf({ window, scheduledAt }: Input, length: string, now: string): TimeWindow {
  if (window !== undefined) return readWindow(window);
  const seconds = secondsOf(length);
  if (seconds === undefined) throw new ContractBroken(`monitoring.drift.window ${length} is no duration.`);
  return windowOf(scheduledAt ?? now, seconds);
}

async function planReading(row: MonitorWindow, destinationUri: string, deps: PlanWindowDeps): Promise<Planning> {
  const { model, environment, variant, window, endpointName } = row;
  const key = { model, environment, variant, window };
  const loaded = await loadBaseline(await deps.runs.get(row.runId), deps);
  if ('problem' in loaded) {
    await deps.windows.fail(key, loaded.problem);
    return { outcome: 'baseline-broken', reasons: [loaded.problem], window: key };
  }
  const objects = await listCaptures(destinationUri, endpointName, window, deps.captures);
  const plan: WindowPlan = {
    bucket: deps.stage.captureBucket,
    key,
    baseline: loaded.reference,
    batches: batchesOf(objects),
  };
  const written = await deps.states.write(`${statesKeyOf(key)}/plan.json`, canonicalJson(plan), 'application/json');
  return { outcome: 'planned', reasons: [], window: key, plan: written, batches: plan.batches.length };
}
