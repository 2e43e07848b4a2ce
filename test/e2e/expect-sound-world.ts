import {
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  DescribeModelPackageCommand,
  paginateListEndpoints,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { poll } from '../../local/demo/poll.ts';
import { MODEL } from '../../local/demo/stage.ts';
import { queryShards } from '../../shared/adapters/dynamodb/shards.ts';
import { entityOf } from '../../shared/adapters/dynamodb/stored-entity.ts';
import type { Release } from '../../shared/domain/deployment.ts';
import { Lease } from '../../shared/domain/grant-lease.ts';
import { subjects } from '../../shared/domain/names.ts';
import { isActive, type Run } from '../../shared/domain/run.ts';
import { countMessages } from './count-messages.ts';
import { executionNamesOf } from './list-executions.ts';
import type { E2eScene } from './open-scene.ts';

/** Everything comes to rest within this: a state more to walk through, a queue to drain. */
const REST = { seconds: 120, everyMs: 300 };
/** A consumer that came in another one's way tries again when its message is visible again, a minute later. */
const DRAINED = { seconds: 100, everyMs: 300 };

/**
 * What must be true of the world whenever things are quiet: nothing is lost, nothing is there twice, nothing is held, and what
 * answers in an environment is what was approved last.
 */
export async function expectSoundWorld(scene: E2eScene): Promise<void> {
  const runs = await poll('Rest: every run has ended or waits for a person', () => runsAtRest(scene), REST);
  await expectOneRunPerPipeline(scene, runs);
  await expectApprovedEndpoints(scene);
  await expectFreeLeases(scene);
  await poll('The end of the queues', async () => ((await countMessages()).moving === 0 ? true : undefined), DRAINED);
  expect((await countMessages()).dead).toBe(scene.deadLettersBefore);
}

async function runsAtRest(scene: E2eScene): Promise<Run[] | undefined> {
  const runs = (await scene.runs.listByModel(MODEL, 200)).filter(({ acceptedAt }) => acceptedAt >= scene.openedAt);
  const waits = (await queryShards(scene.table, 'WAITING')).map(({ pk }) => String(pk).slice('WAIT#'.length));
  const atRest = runs.every(
    (run) =>
      !isActive(run.status) ||
      (run.status === 'awaiting-approval' && waits.includes(subjects.review(run.reviewId ?? ''))),
  );
  return atRest ? runs : undefined;
}

/** Of each pipeline whose `package` job passed there is one run, and of each run one execution an attempt. */
async function expectOneRunPerPipeline({ stage, openedAt }: E2eScene, runs: readonly Run[]): Promise<void> {
  const packaged = await stage.gitlab.packagedPipelines(openedAt);
  expect(runs.map(({ pipelineId }) => pipelineId).sort(inOrder)).toEqual(packaged.sort(inOrder));
  const names = await executionNamesOf('model-lifecycle');
  for (const { runId, attempt, status } of runs) {
    const executions = names.filter((name) => name.startsWith(runId));
    expect({ runId, executions: executions.length }).toEqual({ runId, executions: status === 'refused' ? 0 : attempt });
  }
}

async function expectApprovedEndpoints({ stage, runs }: E2eScene): Promise<void> {
  const ofModel = await runs.listByModel(MODEL, 200);
  const deployments = await stage.deployments();
  const live = deployments.filter((deployment) => deployment.live !== undefined);
  expect(await endpointNames()).toEqual(live.map(({ endpointName }) => endpointName).sort());
  for (const { environment, endpointName, live: release, pending } of live) {
    expect({ environment, pending }).toEqual({ environment, pending: undefined });
    const last = await lastRolledOutTo(environment, ofModel, stage);
    expect({ environment, runId: release?.runId }).toEqual({ environment, runId: last?.runId });
    expect(release?.artifactSha256).toBe(last?.approval?.artifactSha256);
    if (release !== undefined) await expectServed(endpointName, release);
  }
}

async function lastRolledOutTo(environment: string, runs: readonly Run[], stage: E2eScene['stage']) {
  for (const run of [...runs].sort((a, b) => b.sequence - a.sequence)) {
    if (run.approval === undefined) continue;
    const { events } = await stage.outcome(run.runId);
    if (events.some(({ key }) => key === `rollout-finished#${environment}`)) return run;
  }
  return undefined;
}

/** What SageMaker says: in service, on the recorded configuration, whose version is Approved and has the approved bytes. */
async function expectServed(endpointName: string, release: Release): Promise<void> {
  const sagemaker = new SageMakerClient({});
  const endpoint = await sagemaker.send(new DescribeEndpointCommand({ EndpointName: endpointName }));
  expect([endpoint.EndpointStatus, endpoint.EndpointConfigName]).toEqual(['InService', release.endpointConfigName]);
  const config = await sagemaker.send(
    new DescribeEndpointConfigCommand({ EndpointConfigName: release.endpointConfigName }),
  );
  const model = await sagemaker.send(
    new DescribeModelCommand({ ModelName: config.ProductionVariants?.[0]?.ModelName ?? '' }),
  );
  const served = (model.PrimaryContainer ?? model.Containers?.[0])?.ModelPackageName;
  expect(served).toBe(release.modelPackageArn);
  const version = await sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: release.modelPackageArn }));
  expect(version.ModelApprovalStatus).toBe('Approved');
  expect(version.InferenceSpecification?.Containers?.[0]?.ModelDataUrl).toContain(release.artifactSha256);
}

async function endpointNames(): Promise<string[]> {
  const names: string[] = [];
  for await (const page of paginateListEndpoints({ client: new SageMakerClient({}) }, { NameContains: MODEL })) {
    names.push(...(page.Endpoints ?? []).map(({ EndpointName }) => EndpointName ?? ''));
  }
  return names.sort();
}

async function expectFreeLeases({ table }: E2eScene): Promise<void> {
  for (const item of await table.queryPartition(`MODEL#${MODEL}`, 'LEASE#')) {
    const { holder, queue } = entityOf(Lease, item);
    expect({ lease: item.sk, holder, queue }).toEqual({ lease: item.sk, holder: undefined, queue: [] });
  }
}

const inOrder = (a: number, b: number): number => a - b;
