import { step as judge } from '../../../functions/monitoring/judge-window.ts';
import { step as plan } from '../../../functions/monitoring/plan-window.ts';
import { step as publish } from '../../../functions/monitoring/publish-window.ts';
import { step as readBatch } from '../../../functions/monitoring/read-batch.ts';
import { step as render } from '../../../functions/monitoring/render-report.ts';
import { BASELINE_PROPERTY } from '../../../shared/application/load-baseline.ts';
import { BaselineBuilder } from '../../../shared/domain/drift/build-baseline.ts';
import { writeBaseline } from '../../../shared/domain/drift/seal-baseline.ts';
import type { DocumentReference } from '../../../shared/domain/identifiers.ts';
import { instant, type WindowKey } from '../../../shared/domain/monitor-window.ts';
import { acceptedRun, DATA_URI, testStage } from '../../fakes/accepted-run.ts';
import { fakeBus } from '../../fakes/bus.ts';
import { fakeCaptureObjects } from '../../fakes/capture-objects.ts';
import { fakeDeployments } from '../../fakes/deployments.ts';
import { fakeDocuments } from '../../fakes/documents.ts';
import { fakeEndpointMetrics } from '../../fakes/endpoint-metrics.ts';
import { fakeMetrics } from '../../fakes/metrics.ts';
import { fakeMonitorWindows } from '../../fakes/monitor-windows.ts';
import { fakeRuns } from '../../fakes/runs.ts';
import { fakeHosting, fakeModelRegistry } from '../../fakes/sagemaker.ts';
import { sampleRelease } from '../../fakes/sample-records.ts';
import { samplePolicy } from '../domain/sample-policy.ts';

export const MODEL = 'flight-delays';
export const ENDPOINT = 'mlops-test-flight-delays-prod';
export const WINDOW = { from: '2026-11-23T10:00:00.000Z', to: '2026-11-23T11:00:00.000Z' };
export const KEY: WindowKey = { model: MODEL, environment: 'prod', variant: 'main', window: WINDOW };
const PREFIX = `s3://${testStage.captureBucket}/keep-30d/${MODEL}/prod/${ENDPOINT}/main`;

const FEATURES = ['distance', 'carrier'];

/** Distances spread evenly over 0 to 999, three carriers, and the model's answers. */
export function trainingRow(index: number): string[] {
  const distance = (index * 7919) % 1000;
  return [String(distance), ['AA', 'DL', 'UA'][index % 3] ?? '', String(distance / 1000)];
}

/** A captured request with one row; `at` is its time. */
export function record(distance: number, carrier: string, at: string, score = distance / 1000): string {
  const side = (observedContentType: string, mode: string, data: string, encoding: string) => ({
    observedContentType,
    mode,
    data,
    encoding,
  });
  return `${JSON.stringify({
    captureData: {
      endpointInput: side('text/csv', 'INPUT', `${distance},${carrier}\n`, 'CSV'),
      endpointOutput: side('application/json', 'OUTPUT', JSON.stringify({ predictions: [{ score }] }), 'JSON'),
    },
    eventMetadata: { eventId: `e-${distance}-${carrier}`, inferenceTime: at },
    eventVersion: '0',
  })}\n`;
}

/** So many requests as the model was trained on, spread over the window; `shift` moves their distances. */
export function traffic(count: number, { shift = 0, offset = 0 } = {}): string {
  return Array.from({ length: count }, (_, index) => {
    const [distance, carrier = ''] = trainingRow(index + offset);
    const at = instant(Date.parse(WINDOW.from) + Math.floor((index * 3_600_000) / count)).replace('.000', '');
    return record((Number(distance) + shift) % 2000, carrier, at.replace(/\.\d+Z/, 'Z'));
  }).join('');
}

/** A version that is live in prod with capture and a baseline; `policy` changes what it asks for. */
export async function windowWorld(policy: Record<string, unknown> = {}) {
  const environments = [
    { name: 'dev', instanceType: 'ml.t2.medium' },
    { name: 'prod', instanceType: 'ml.m5.large', capture: { percent: 100, retainDays: 30 } },
  ];
  const monitoring = { drift: { alert: { features: 0.3, consecutive: 1 } } };
  const accepted = await acceptedRun(
    {},
    samplePolicy({ data: [{ name: 'flights', uri: DATA_URI }], environments, monitoring, ...policy }),
  );
  const { documents, objects } = accepted;
  const builder = new BaselineBuilder([...FEATURES, 'score'], { prediction: 'score', model: MODEL });
  for (let index = 0; index < 3000; index += 1) builder.addRow(trainingRow(index));
  const baseline = await documents.write(
    'documents/baseline.json',
    writeBaseline(builder.finish()),
    'application/json',
  );

  const registry = fakeModelRegistry();
  const version = await registry.register({
    group: 'mlops-test-flight-delays',
    runId: accepted.run.runId,
    acceptedAt: '2026-11-20T10:00:00.000Z',
    clientToken: 'token',
    description: '',
    image: 'image',
    artifactUri: 's3://mlops-test/approved/a/model.tar.gz',
    environment: {},
    contentTypes: [],
    responseTypes: [],
    instanceTypes: [],
    reportUri: '',
    reportSha256: '',
    commit: accepted.run.commit,
    repository: '',
    projectId: '17',
    properties: { [BASELINE_PROPERTY]: baseline.sha256 },
    modelCard: '',
  });
  const registered = {
    modelPackageArn: version.modelPackageArn,
    version: 1,
    artifactUri: 's3://mlops-test/approved/a/model.tar.gz',
    artifactSha256: 'b'.repeat(64),
    image: 'image',
    goldenAnswers: baseline,
    baseline,
  };
  const runs = fakeRuns();
  const run = runs.put({ ...accepted.run, status: 'live', registered });
  const deployments = fakeDeployments();
  const live = sampleRelease(run, { modelPackageArn: version.modelPackageArn });
  deployments.put({ model: MODEL, environment: 'prod', endpointName: ENDPOINT, live });
  const hosting = fakeHosting();
  await hosting.createEndpoint(ENDPOINT, live.endpointConfigName, {});
  hosting.settle(ENDPOINT);

  const bus = fakeBus();
  const captures = fakeCaptureObjects();
  const states = fakeDocuments(testStage.captureBucket);
  let now = '2026-11-23T11:06:00.000Z';
  const deps = {
    deployments,
    hosting,
    registry,
    runs,
    documents,
    windows: fakeMonitorWindows(bus),
    captures,
    states: {
      ...states,
      write: async (key: string, content: Uint8Array | string, contentType: string) => {
        objects.put(`s3://${testStage.captureBucket}/${key}`, content);
        return states.write(key, content, contentType);
      },
    },
    objects,
    endpointMetrics: fakeEndpointMetrics(),
    metrics: fakeMetrics(),
    stage: testStage,
    pause: async () => undefined,
    now: () => now,
  };

  const scheduled = { model: MODEL, environment: 'prod', scheduledAt: '2026-11-23T11:05:00Z' };
  type Asked = { model: string; environment: string; scheduledAt?: string; window?: typeof WINDOW };

  type Planned = { plan?: DocumentReference | undefined; batches?: number | undefined };

  async function countAll({ plan: reference, batches = 0 }: Planned) {
    if (reference === undefined) throw new Error('nothing was planned');
    for (let batch = 0; batch < batches; batch += 1) await readBatch.run({ plan: reference, batch }, deps);
    return judge.run({ window: KEY, plan: reference, batches }, deps);
  }

  return {
    run,
    baseline,
    bus,
    deps,
    setNow: (time: string) => {
      now = time;
    },
    capture: (name: string, content: string, modifiedAt = '2026-11-23T10:59:00.000Z', hour = '2026/11/23/10') =>
      captures.put(`${PREFIX}/${hour}/${name}`, content, modifiedAt),
    uriOf: (name: string) => `${PREFIX}/2026/11/23/10/${name}`,
    planWindow: (input: Asked = scheduled) => plan.run(input, deps),
    countAll,
    render: () => render.run({ window: KEY }, deps),
    publish: (executionId: string) => publish.run({ window: KEY, executionId }, deps),
    /** The workflow, without Step Functions. */
    async look(executionId: string) {
      const planning = await plan.run(scheduled, deps);
      if (planning.outcome === 'planned') await countAll(planning);
      if (planning.outcome !== 'planned' && planning.outcome !== 'judged') return planning;
      await render.run({ window: KEY }, deps);
      await publish.run({ window: KEY, executionId }, deps);
      return { outcome: 'looked' };
    },
    row: () => deps.windows.find(KEY),
    report: async (): Promise<Record<string, unknown>> => {
      const row = await deps.windows.find(KEY);
      if (row?.report === undefined) throw new Error('the window has no report');
      return JSON.parse(Buffer.from(await documents.read(row.report)).toString());
    },
  };
}
