import { describe, expect, it } from '@jest/globals';
import { factCatalogue } from '../../../events/contracts/fact-catalogue.ts';
import { NotFound, ServiceUnavailable } from '../../../shared/domain/faults.ts';
import { ENDPOINT, KEY, traffic, windowWorld } from './window-world.ts';

const byName = (points: readonly { name: string; value: number }[]) =>
  Object.fromEntries(points.map(({ name, value }) => [name, value]));

describe('looking at a window', () => {
  it('is ok when the traffic is as the training data', async () => {
    const w = await windowWorld();
    w.capture('a.jsonl', traffic(1500));
    w.capture('b.jsonl', traffic(1500, { offset: 1500 }));
    await w.look('e-1');
    expect(await w.row()).toMatchObject({
      status: 'judged',
      verdict: 'ok',
      breached: false,
      rows: 3000,
      records: 3000,
      invalidRecords: 0,
      capturedRows: 3000,
      driftedShare: 0,
      predictionVerdict: 'ok',
    });
    expect(byName(w.deps.metrics.points)).toMatchObject({ MonitorAlive: 1, WindowRows: 3000, DriftBreach: 0 });
    expect(w.bus.facts).toEqual([]);
  });

  it('tells of drift: metrics at the end of the window, and one fact that holds names and distances', async () => {
    const w = await windowWorld();
    w.capture('a.jsonl', traffic(2000, { shift: 400 }));
    await w.look('e-1');
    expect(await w.row()).toMatchObject({
      verdict: 'drifted',
      breached: true,
      driftedShare: 0.5,
      topFeatures: [
        { name: 'distance', verdict: 'drifted' },
        { name: 'carrier', verdict: 'ok' },
      ],
    });
    const points = w.deps.metrics.points;
    expect(byName(points)).toMatchObject({ DriftBreach: 1, DriftedFeatureShare: 0.5, InvalidShare: 0 });
    expect(new Set(points.map(({ at }) => at))).toEqual(new Set([KEY.window.to]));
    expect(points.find(({ name }) => name === 'FeatureDrift')?.dimensions).toEqual({
      Stage: 'test',
      Model: 'flight-delays',
      Environment: 'prod',
      Feature: 'distance',
    });
    const [fact] = w.bus.facts;
    expect(w.bus.facts).toHaveLength(1);
    expect(fact?.detailType).toBe('DriftDetected.v1');
    expect(factCatalogue['DriftDetected.v1'].parse(fact?.detail)).toMatchObject({
      environment: 'prod',
      version: 1,
      rows: 2000,
      predictionDrifted: true,
    });
  });

  it('leaves one record, one set of metrics and one alert when it is done five times', async () => {
    const w = await windowWorld();
    w.capture('a.jsonl', traffic(2000, { shift: 400 }));
    await w.look('e-1');
    const [points, row] = [[...w.deps.metrics.points], await w.row()];
    for (const execution of ['e-2', 'e-3', 'e-4', 'e-5'])
      expect(await w.look(execution)).toMatchObject({ outcome: 'already-judged' });
    expect(w.deps.metrics.points).toEqual(points);
    expect(w.bus.facts).toHaveLength(1);
    expect(await w.row()).toEqual(row);
    expect(await w.deps.windows.list('flight-delays', 'prod', 10)).toHaveLength(1);
  });

  it('leaves the same when five are at it at once', async () => {
    const w = await windowWorld();
    w.capture('a.jsonl', traffic(2000, { shift: 400 }));
    await Promise.all(['e-1', 'e-2', 'e-3', 'e-4', 'e-5'].map((execution) => w.look(execution)));
    expect(w.deps.metrics.points.filter(({ name }) => name === 'MonitorAlive')).toHaveLength(1);
    expect(w.bus.facts).toHaveLength(1);
    expect(await w.deps.windows.list('flight-delays', 'prod', 10)).toHaveLength(1);
  });

  it('goes on where an execution ended early, and judges nothing again', async () => {
    const w = await windowWorld();
    w.capture('a.jsonl', traffic(2000));
    await w.countAll(await w.planWindow());
    w.capture('b.jsonl', traffic(2000, { shift: 400 }));
    expect(await w.look('e-2')).toEqual({ outcome: 'looked' });
    expect(await w.row()).toMatchObject({ verdict: 'ok', rows: 2000, publishedAt: expect.any(String) });
  });

  it('has no verdict of ok without data: nothing is said of drift, but that the monitor is alive', async () => {
    const w = await windowWorld();
    await w.look('e-1');
    expect(await w.row()).toMatchObject({ verdict: 'insufficient-data', breached: false, rows: 0 });
    expect(byName(w.deps.metrics.points)).toEqual({ MonitorAlive: 1, WindowRows: 0 });
  });

  it('says nothing to CloudWatch of a window that is older than it takes', async () => {
    const w = await windowWorld();
    w.setNow('2026-12-24T00:00:00.000Z');
    await w.look('e-1');
    expect(w.deps.metrics.points).toEqual([]);
    expect(await w.row()).toMatchObject({ status: 'judged' });
  });

  it('leaves a page beside the report, once', async () => {
    const w = await windowWorld();
    w.capture('a.jsonl', traffic(2000, { shift: 400 }));
    await w.look('e-1');
    const page = (await w.row())?.page;
    expect(page?.uri).toMatch(/\/windows\/prod\/20261123T110000Z-20261123T100000Z\/report\.html$/);
    await w.render();
    expect((await w.row())?.page).toEqual(page);
  });

  it('publishes without a page when what was counted is forgotten', async () => {
    const w = await windowWorld();
    await w.countAll(await w.planWindow());
    w.deps.states.read = async () => {
      throw new NotFound('It is gone.');
    };
    expect(await w.render()).toEqual({ outcome: 'too-late' });
    expect(await w.publish('e-1')).toMatchObject({ published: true });
  });
});

describe('captured against invoked', () => {
  const minute = { invocations: 0, measured: 0, slow: 0, clientErrors: 0, serverErrors: 0, modelErrors: 0 };

  async function look(invocations: number, policy = {}) {
    const w = await windowWorld(policy);
    w.capture('a.jsonl', traffic(2000));
    w.deps.endpointMetrics.minutes.set(ENDPOINT, [{ ...minute, start: '2026-11-23T10:30:00.000Z', invocations }]);
    await w.look('e-1');
    return { findings: (await w.report()).findings, metrics: byName(w.deps.metrics.points), row: await w.row() };
  }

  it('is its own finding where SageMaker stopped capturing', async () => {
    const { findings, metrics, row } = await look(4000);
    expect(findings).toEqual([expect.objectContaining({ kind: 'capture-gap', expected: 4000, found: 2000 })]);
    expect(metrics.CaptureGap).toBeCloseTo(0.5);
    expect(row).toMatchObject({ capturedRows: 2000, invokedRows: 4000 });
    expect(row?.verdict).not.toBe('ok');
  });

  it('takes the sampling into account', async () => {
    const environments = [{ name: 'prod', instanceType: 'ml.m5.large', capture: { percent: 50 } }];
    const { findings, metrics } = await look(4000, { environments });
    expect(findings).toEqual([]);
    expect(metrics.CaptureGap).toBe(0);
  });

  it('bears what happens at the edges of a window', async () => {
    expect((await look(2050)).findings).toEqual([]);
  });
});

describe('an object that can not be read to its end', () => {
  it('is tried again', async () => {
    const w = await windowWorld();
    w.capture('a.jsonl', traffic(2000));
    w.deps.captures.breakOff(w.uriOf('a.jsonl'), new ServiceUnavailable('broke off'));
    await w.look('e-1');
    expect(await w.report()).toMatchObject({ rows: 2000, findings: [] });
  });

  it('is named in the report when it keeps breaking off, and the rest is judged', async () => {
    const w = await windowWorld();
    w.capture('a.jsonl', traffic(2000));
    w.capture('b.jsonl', traffic(500));
    const fault = new ServiceUnavailable('broke off');
    w.deps.captures.breakOff(w.uriOf('b.jsonl'), fault, fault, fault);
    await w.look('e-1');
    expect(await w.report()).toMatchObject({
      rows: 2000,
      findings: [
        { kind: 'unreadable-object', found: 1, sentence: expect.stringMatching(/b\.jsonl \(reading it broke off\)/) },
      ],
    });
  });

  it('is named when it vanished after the window was planned', async () => {
    const w = await windowWorld();
    w.capture('a.jsonl', traffic(2000));
    w.capture('b.jsonl', traffic(500));
    const planning = await w.planWindow();
    w.deps.captures.remove(w.uriOf('b.jsonl'));
    await w.countAll(planning);
    expect(await w.report()).toMatchObject({
      rows: 2000,
      findings: [{ kind: 'unreadable-object', sentence: expect.stringMatching(/b\.jsonl \(it is gone\)/) }],
    });
  });

  it('counts its whole records and is named when its last one is cut off', async () => {
    const w = await windowWorld();
    w.capture('a.jsonl', traffic(2000).slice(0, -40));
    await w.look('e-1');
    const report = await w.report();
    expect(report).toMatchObject({ rows: 1999, invalidRecords: 1 });
    expect(report.findings).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'unreadable-object', sentence: expect.stringContaining('cut off') }),
      ]),
    );
  });

  it('is whole when only the newline of its last record is missing', async () => {
    const w = await windowWorld();
    w.capture('a.jsonl', traffic(2000).trimEnd());
    await w.look('e-1');
    expect(await w.report()).toMatchObject({ rows: 2000, findings: [] });
  });
});
