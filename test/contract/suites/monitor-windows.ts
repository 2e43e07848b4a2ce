import { beforeEach, expect, it } from '@jest/globals';
import { ContractBroken } from '../../../shared/domain/faults.ts';
import type { Judgement, MonitorWindow } from '../../../shared/domain/monitor-window.ts';
import { planned } from '../../../shared/domain/monitor-window.ts';
import type { MonitorWindows } from '../../../shared/ports/monitor-windows.ts';
import type { FakeBus } from '../../fakes/bus.ts';
import { anyModel } from './any-names.ts';

const FACT = { detailType: 'DriftDetected.v1', detail: { model: 'm' }, occurredAt: '2026-11-23T11:06:00.000Z' };
const document = { uri: 's3://mlops-test/documents/report.json', versionId: 'v1', sha256: 'a'.repeat(64) };
const now = () => '2026-11-23T11:06:00.000Z';
const later = () => '2026-11-23T11:30:00.000Z';

const judgement: Judgement = {
  verdict: 'drifted',
  breached: true,
  driftedShare: 0.5,
  rows: 1000,
  records: 900,
  invalidRecords: 1,
  topFeatures: [{ name: 'distance', score: 0.4, verdict: 'drifted' }],
  featureScores: [{ name: 'distance', score: 0.4 }],
  capturedRows: 901,
  report: document,
  state: document,
};

/** What every `MonitorWindows` does. */
export function monitorWindowsContract(make: () => Promise<{ windows: MonitorWindows; bus: FakeBus }>) {
  let windows: MonitorWindows;
  let bus: FakeBus;
  let row: MonitorWindow;

  const windowOf = (model: string, hour: number): MonitorWindow =>
    planned({
      model,
      environment: 'prod',
      variant: 'main',
      endpointName: `mlops-test-${model}-prod`,
      window: { from: `2026-11-23T${hour}:00:00.000Z`, to: `2026-11-23T${hour + 1}:00:00.000Z` },
      runId: 'run-1',
      version: 1,
    });

  beforeEach(async () => {
    ({ windows, bus } = await make());
    row = windowOf(anyModel(), 10);
  });

  it('knows nothing of a window that was never planned, and records nothing of it', async () => {
    expect(await windows.find(row)).toBeUndefined();
    await expect(windows.finish(row, judgement, now())).rejects.toThrow(ContractBroken);
  });

  it('keeps one row, whoever plans the window', async () => {
    expect(await windows.claim(row)).toEqual(row);
    expect(await windows.claim({ ...row, runId: 'run-2', version: 2 })).toEqual(row);
    expect(await windows.list(row.model, 'prod', 10)).toEqual([row]);
  });

  it('keeps the first judgement', async () => {
    await windows.claim(row);
    const judged = { ...row, ...judgement, status: 'judged', judgedAt: now() };
    expect(await windows.finish(row, judgement, now())).toEqual(judged);
    expect(await windows.finish(row, { ...judgement, verdict: 'ok' }, later())).toEqual(judged);
    expect(await windows.fail(row, 'The baseline is gone.')).toEqual(judged);
    expect(await windows.claim(row)).toEqual(judged);
  });

  it('takes a window up again that had failed', async () => {
    await windows.claim(row);
    expect(await windows.fail(row, 'The baseline is gone.')).toMatchObject({
      status: 'failed',
      reason: 'The baseline is gone.',
    });
    expect(await windows.claim(row)).toEqual(row);
  });

  it('keeps the first page', async () => {
    await windows.claim(row);
    await windows.addPage(row, document);
    expect(await windows.addPage(row, { ...document, versionId: 'v2' })).toMatchObject({ page: document });
  });

  it('publishes once, in the name of one execution', async () => {
    await windows.claim(row);
    let published = 0;
    const publish = async () => {
      published += 1;
      return FACT;
    };
    const done = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((by) => windows.publishOnce(row, by, now, publish)));
    expect(done.filter(Boolean)).toHaveLength(1);
    expect(published).toBe(1);
    expect(bus.facts).toEqual([FACT]);
    expect(await windows.publishOnce(row, 'a', later, publish)).toBe(false);
    expect(await windows.find(row)).toMatchObject({ publishedAt: now() });
  });

  it('lets an execution that failed while it published begin again, and another only when it is long silent', async () => {
    await windows.claim(row);
    const fail = async () => {
      throw new Error('CloudWatch does not answer');
    };
    await expect(windows.publishOnce(row, 'a', now, fail)).rejects.toThrow('CloudWatch');
    const publish = async () => undefined;
    expect(await windows.publishOnce(row, 'b', now, publish)).toBe(false);
    expect(await windows.publishOnce(row, 'b', later, publish)).toBe(true);
    expect(await windows.publishOnce(row, 'a', later, publish)).toBe(false);
    expect(bus.facts).toEqual([]);
  });

  it('lists the newest first, of one environment', async () => {
    const { model } = row;
    for (const hour of [10, 12, 11]) await windows.claim(windowOf(model, hour));
    await windows.claim({ ...windowOf(model, 13), environment: 'qa' });
    const listed = await windows.list(model, 'prod', 2);
    expect(listed.map(({ window }) => window.to.slice(11, 13))).toEqual(['13', '12']);
  });
}
