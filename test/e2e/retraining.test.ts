import { readFile } from 'node:fs/promises';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { poll } from '../../local/demo/poll.ts';
import { MODEL } from '../../local/demo/stage.ts';
import { dynamodbCases } from '../../shared/adapters/dynamodb/cases.ts';
import { dynamodbMonitorWindows } from '../../shared/adapters/dynamodb/monitor-windows.ts';
import { eventbridgeBus } from '../../shared/adapters/eventbridge/bus.ts';
import { s3Documents } from '../../shared/adapters/s3/documents.ts';
import type { Case } from '../../shared/domain/case.ts';
import type { Release } from '../../shared/domain/deployment.ts';
import { planned } from '../../shared/domain/monitor-window.ts';
import { type E2eScene, ensureLive, openScene } from './open-scene.ts';

const TABLE = 'mlops-local';
const NEW_DATA = { Bucket: 'mlops-data-local', Key: `${MODEL}/e2e-later.csv.gz` };
const Answer = z.looseObject({ outcome: z.string().optional(), errorType: z.string().optional() });
const place = { table: TABLE, bus: eventbridgeBus({ bus: TABLE }) };
const [cases, windows] = [dynamodbCases(place), dynamodbMonitorWindows(place)];
const documents = s3Documents({ bucket: 'mlops-local-000000000000' });
const s3 = new S3Client({});

let scene: E2eScene;
let live: Release;

beforeAll(async () => {
  scene = await openScene();
  await ensureLive(scene);
  const prod = (await scene.stage.deployments()).find(({ environment }) => environment === 'prod');
  if (prod?.live === undefined) throw new Error('nothing is live in prod');
  live = prod.live;
  // The world may have seen this test before: its case may be open, and its retraining would still cool down.
  const before = await cases.newest({ model: MODEL, environment: 'prod', signal: 'drift' });
  if (before?.status === 'open') await judge(false);
  await scene.table.put(
    { pk: `MODEL#${MODEL}`, sk: 'RETRAININGS', entity: { starts: [] }, version: 1 },
    { expression: 'attribute_exists(pk) OR attribute_not_exists(pk)' },
  );
}, 240_000);

afterAll(async () => {
  await removeData();
  await scene?.close();
});

describe('a model that drifts in prod', () => {
  it('is trained again, from the live commit on the data of today, once', async () => {
    await addData();
    await breach();
    const [retraining] = await poll('the retraining of the case', async () => {
      const { retrainings } = await newest();
      return retrainings.length > 0 ? retrainings : undefined;
    });
    const run = await scene.runs.get(retraining?.runId ?? '');
    const liveRun = await scene.runs.get(live.runId);
    expect(run).toMatchObject({
      commit: live.commit,
      origin: { caseId: (await newest()).caseId, ofRunId: live.runId },
    });
    expect(run.sequence).toBeGreaterThan(liveRun.sequence);
    expect(run.dataDigest).not.toBe(liveRun.dataDigest);
    const begun = await poll('the training in SageMaker', async () => (await scene.runs.get(run.runId)).training);
    expect(begun.number).toBe(1);
  }, 240_000);

  it('hears how the retraining ended, which goes back to its author like any run', async () => {
    const [retraining] = (await newest()).retrainings;
    const runId = retraining?.runId ?? '';
    // The data changes under the training: its outcome is known, and the training need not be waited for by a steward.
    await removeData();
    await poll('the end of the retraining', async () =>
      ['routed-back', 'live'].includes((await scene.runs.get(runId)).status) ? true : undefined,
    );
    expect((await scene.runs.get(runId)).status).toBe('routed-back');
    await breach();
    expect((await newest()).retrainings[0]?.end).toMatchObject({ status: 'routed-back' });
    await poll('the note about it', async () =>
      (await newest()).told.includes(`retraining-${runId}-ended`) ? true : undefined,
    );
  }, 240_000);

  it('is not trained again on data that it has seen, nor before the cool-down is over', async () => {
    await poll('the word that the data is the same', async () => (await newest()).unchangedData);
    await addData(' ');
    await breach();
    const waits = await poll('the decision to wait', async () => (await newest()).retrainingWaits);
    expect(waits).toContain('cool-down');
    expect((await newest()).retrainings).toHaveLength(1);
  }, 240_000);

  it('is left alone when it has recovered', async () => {
    expect(await judge(false)).toBe('closed');
    expect(await newest()).toMatchObject({ status: 'closed', closedBy: { kind: 'recovery' } });
  });
});

async function addData(more = ''): Promise<void> {
  const flights = await readFile('ml/flight-delays/data/later/flights-2013-07.csv.gz');
  await s3.send(new PutObjectCommand({ ...NEW_DATA, Body: Buffer.concat([flights, Buffer.from(more)]) }));
}

async function removeData(): Promise<void> {
  await s3.send(new DeleteObjectCommand(NEW_DATA));
}

async function newest(): Promise<Case> {
  const found = await cases.newest({ model: MODEL, environment: 'prod', signal: 'drift' });
  if (found === undefined) throw new Error('There is no case.');
  return found;
}

async function breach(): Promise<void> {
  expect(['opened', 'open']).toContain(await judge(true));
}

/** A window up to now, judged as the test says, and what the workflow's step makes of it. */
async function judge(breached: boolean): Promise<string> {
  const now = Date.now();
  const window = { from: new Date(now - 300_000).toISOString(), to: new Date(now).toISOString() };
  const which = { model: MODEL, environment: 'prod', variant: 'main', endpointName: `${TABLE}-${MODEL}-prod`, window };
  const report = await documents.write('documents/tests/report.json', '{}', 'application/json');
  await windows.claim(planned({ ...which, runId: live.runId, version: live.version }));
  const counts = { rows: 1200, records: 1200, invalidRecords: 0, capturedRows: 1200 };
  const verdict = breached ? ('drifted' as const) : ('ok' as const);
  const found = { verdict, breached, driftedShare: 0.5, topFeatures: [], featureScores: [], report, state: report };
  await windows.finish(which, { ...counts, ...found }, new Date().toISOString());
  return poll('an answer of trackCase', async () => {
    const Payload = Buffer.from(JSON.stringify({ model: MODEL, environment: 'prod', window }));
    const answered = await new LambdaClient({}).send(
      new InvokeCommand({ FunctionName: `${TABLE}-trackCase`, Payload }),
    );
    const answer = Answer.parse(JSON.parse(Buffer.from(answered.Payload ?? []).toString()));
    if (answer.errorType !== undefined && answer.errorType !== 'WriteConflict') throw new Error(JSON.stringify(answer));
    return answer.outcome;
  });
}
