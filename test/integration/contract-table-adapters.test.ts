import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dynamodbCases } from '../../shared/adapters/dynamodb/cases.ts';
import { dynamodbDeliveries } from '../../shared/adapters/dynamodb/deliveries.ts';
import { dynamodbDeployments } from '../../shared/adapters/dynamodb/deployments.ts';
import { dynamodbLatencyReadings } from '../../shared/adapters/dynamodb/latency-readings.ts';
import { dynamodbLeases } from '../../shared/adapters/dynamodb/leases.ts';
import { dynamodbMonitorWindows } from '../../shared/adapters/dynamodb/monitor-windows.ts';
import { dynamodbOutbox, outboxAttributes } from '../../shared/adapters/dynamodb/outbox.ts';
import { dynamodbRetrainingLedgers } from '../../shared/adapters/dynamodb/retraining-ledgers.ts';
import { dynamodbReviews } from '../../shared/adapters/dynamodb/reviews.ts';
import { dynamodbRollbacks } from '../../shared/adapters/dynamodb/rollbacks.ts';
import { dynamodbRuns } from '../../shared/adapters/dynamodb/runs.ts';
import { openTable } from '../../shared/adapters/dynamodb/table.ts';
import { dynamodbTimeline } from '../../shared/adapters/dynamodb/timeline.ts';
import { ContractBroken } from '../../shared/domain/faults.ts';
import { makeTable } from '../contract/own-resources.ts';
import { anyModel, anyPipeline } from '../contract/suites/any-names.ts';
import { casesContract } from '../contract/suites/cases.ts';
import { deliveriesContract } from '../contract/suites/deliveries.ts';
import { deploymentsContract } from '../contract/suites/deployments.ts';
import { latencyReadingsContract } from '../contract/suites/latency-readings.ts';
import { leasesContract } from '../contract/suites/leases.ts';
import { monitorWindowsContract } from '../contract/suites/monitor-windows.ts';
import { reviewsContract } from '../contract/suites/reviews.ts';
import { rollbacksContract } from '../contract/suites/rollbacks.ts';
import { runsContract } from '../contract/suites/runs.ts';
import { fakeBus } from '../fakes/bus.ts';
import { NOON, sampleEvent, sampleRun } from '../fakes/sample-records.ts';

let table: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ table, remove } = await makeTable());
});

afterAll(async () => {
  await remove();
});

describe('dynamodbRuns and dynamodbTimeline', () => {
  runsContract(async () => {
    const bus = fakeBus();
    return { runs: dynamodbRuns({ table, bus }), timeline: dynamodbTimeline({ table, bus }) };
  });
});

describe('dynamodbDeliveries and dynamodbOutbox', () => {
  const holdDamaged = async (id: string) => {
    const key = { pk: `DELIVERY#${id}`, sk: 'DAMAGED' };
    const indexed = outboxAttributes(key, { detailType: 'PipelineReported.v1', detail: {}, occurredAt: NOON });
    const expression = 'attribute_not_exists(pk)';
    await openTable(table).put({ ...key, ...indexed, outbox: '{"half":' }, { expression });
  };
  deliveriesContract(async () => ({
    deliveries: dynamodbDeliveries({ table }),
    outbox: dynamodbOutbox({ table }),
    holdDamaged,
  }));
});

describe('dynamodbReviews', () => {
  reviewsContract(async () => ({ reviews: dynamodbReviews({ table }), runs: dynamodbRuns({ table, bus: fakeBus() }) }));
});

describe('dynamodbMonitorWindows', () => {
  monitorWindowsContract(async () => {
    const bus = fakeBus();
    return { windows: dynamodbMonitorWindows({ table, bus }), bus };
  });
});

describe('dynamodbLatencyReadings', () => {
  latencyReadingsContract(async () => {
    const bus = fakeBus();
    return { readings: dynamodbLatencyReadings({ table, bus }), bus };
  });
});

describe('dynamodbLeases', () => {
  leasesContract(async () => dynamodbLeases({ table }));
});

describe('dynamodbDeployments', () => {
  deploymentsContract(async () => dynamodbDeployments({ table }));

  it('lists the models that ever had a run, by name', async () => {
    const models = [anyModel(), anyModel()].sort();
    for (const model of models) {
      const run = sampleRun({ model, pipelineId: anyPipeline() });
      await dynamodbRuns({ table, bus: fakeBus() }).create(run, sampleEvent(run));
    }
    const listed = await dynamodbDeployments({ table }).listModels();
    expect(listed.filter((model) => models.includes(model))).toEqual(models);
  });
});

describe('dynamodbRollbacks', () => {
  rollbacksContract(async () => ({
    deployments: dynamodbDeployments({ table }),
    rollbacks: dynamodbRollbacks({ table }),
  }));
});

describe('dynamodbCases and dynamodbRetrainingLedgers', () => {
  casesContract(async () => {
    const bus = fakeBus();
    return { bus, cases: dynamodbCases({ table, bus }), ledgers: dynamodbRetrainingLedgers({ table }) };
  });
});

describe('facts of the timeline', () => {
  it('reach the bus at once, and leave the outbox', async () => {
    const bus = fakeBus();
    const run = sampleRun({ model: anyModel(), pipelineId: anyPipeline() });
    await dynamodbRuns({ table, bus }).create(run, sampleEvent(run));
    expect(bus.facts).toMatchObject([{ detailType: 'RunAccepted.v1', detail: { runId: run.runId, model: run.model } }]);
    expect(await heldFactsOf(run.runId)).toEqual([]);
  });

  it('wait in the outbox where the bus does not answer, and the event is recorded all the same', async () => {
    const bus = fakeBus();
    const run = sampleRun({ model: anyModel(), pipelineId: anyPipeline() });
    bus.failNext();
    await dynamodbRuns({ table, bus }).create(run, sampleEvent(run));
    expect(bus.facts).toEqual([]);
    expect(await heldFactsOf(run.runId)).toMatchObject([{ detailType: 'RunAccepted.v1' }]);
    expect(await dynamodbTimeline({ table, bus }).list(run.runId)).toEqual([sampleEvent(run)]);
  });

  const heldFactsOf = async (runId: string) =>
    (await dynamodbOutbox({ table }).unpublished('2099-01-01T00:00:00.000Z')).held
      .map(({ fact }) => fact)
      .filter(({ detail }) => detail.runId === runId);
});

describe('a damaged item', () => {
  it('is named, not believed', async () => {
    const key = { pk: 'RUN#damaged', sk: 'RUN' };
    await openTable(table).put({ ...key, entity: { runId: 'damaged' } }, { expression: 'attribute_not_exists(pk)' });
    await expect(dynamodbRuns({ table, bus: fakeBus() }).find('damaged')).rejects.toThrow(ContractBroken);
  });
});
