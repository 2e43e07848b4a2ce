import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareWithInvocations, isCountable } from '../../../shared/domain/capture-gap.ts';
import { captureUriOf, hourUriOf } from '../../../shared/domain/capture-place.ts';
import type { Judgement } from '../../../shared/domain/monitor-window.ts';
import { planned, topOf } from '../../../shared/domain/monitor-window.ts';
import { batchesOf, hoursOf, windowOf } from '../../../shared/domain/plan-window.ts';
import { metricsOfWindow } from '../../../shared/domain/window-metrics.ts';
import { nameUnreadable, windowPart } from '../../../shared/domain/window-part.ts';
import { ENDPOINT, KEY } from './window-world.ts';
import '../../harness/repeatable-properties.ts';

describe('the hours of a window', () => {
  it('are those that it touches, and the next ones where records may have come late', () => {
    const hours = (from: string, to: string) => hoursOf({ from, to }).map((hour) => hour.slice(5, 13));
    expect(hours('2026-11-23T10:20:00Z', '2026-11-23T10:50:00Z')).toEqual(['11-23T10']);
    expect(hours('2026-11-23T10:00:00Z', '2026-11-23T11:00:00Z')).toEqual(['11-23T09', '11-23T10', '11-23T11']);
    expect(hours('2026-11-23T23:30:00Z', '2026-11-24T01:30:00Z')).toEqual(['11-23T23', '11-24T00', '11-24T01']);
  });

  it('are a week and a little at most', () => {
    expect(hoursOf({ from: '2026-11-16T00:00:00Z', to: '2026-11-23T00:00:00Z' })).toHaveLength(170);
  });

  it('have folders as SageMaker writes them', () => {
    const destination = captureUriOf('capture', { retainDays: 7 }, 'flight-delays', 'prod');
    expect(destination).toBe('s3://capture/keep-7d/flight-delays/prod');
    expect(hourUriOf(destination, ENDPOINT, '2026-11-03T04:00:00.000Z')).toBe(
      `${destination}/${ENDPOINT}/main/2026/11/03/04/`,
    );
  });
});

describe('the window of a schedule', () => {
  it('is the same whatever second the schedule fires in', () => {
    const expected = { from: '2026-11-23T08:55:00.000Z', to: '2026-11-23T09:55:00.000Z' };
    for (const second of ['00', '31', '59']) expect(windowOf(`2026-11-23T10:00:${second}Z`, 3600)).toEqual(expected);
  });
});

describe('batches', () => {
  const objects = fc.array(fc.record({ key: fc.string(), sizeBytes: fc.nat(1000) }), { maxLength: 60 });

  it('hold every object once, in order, and stay below their size unless one object alone is larger', () => {
    fc.assert(
      fc.property(objects, (listed) => {
        const batches = batchesOf(listed, 1200);
        expect(batches.flat()).toEqual(listed);
        for (const batch of batches) {
          expect(batch.length).toBeGreaterThan(0);
          const bytes = batch.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
          expect(bytes <= 1200 || batch.length === 1).toBe(true);
        }
      }),
    );
  });

  it('hold two thousand objects at most', () => {
    const tiny = Array.from({ length: 4001 }, (_, index) => ({ key: String(index), sizeBytes: 0 }));
    expect(batchesOf(tiny).map(({ length }) => length)).toEqual([2000, 2000, 1]);
  });
});

describe('captured against invoked', () => {
  it.each([
    [1000, 1000, 100, false],
    [960, 1000, 100, false],
    [940, 1000, 100, true],
    [0, 1000, 100, true],
    [100, 1000, 10, false],
    [70, 1000, 10, false],
    [50, 1000, 10, true],
    [1100, 1000, 100, false],
    [0, 0, 100, false],
  ])('%i of %i requests at %i %%: gap %s', (captured, invocations, percent, isGap) => {
    const { finding, missingShare } = compareWithInvocations(captured, invocations, percent);
    expect(finding !== undefined).toBe(isGap);
    expect(missingShare).toBeGreaterThanOrEqual(0);
    expect(missingShare).toBeLessThanOrEqual(1);
  });

  it('is asked only for whole minutes, because CloudWatch counts those', () => {
    expect(isCountable(KEY.window)).toBe(true);
    expect(isCountable({ from: '2026-11-23T10:00:30Z', to: '2026-11-23T11:00:00Z' })).toBe(false);
  });
});

describe('objects that could not be read', () => {
  it('are counted all and named twenty at most', () => {
    const part = windowPart(
      {},
      Array.from({ length: 30 }, (_, index) => ({ key: `k${index}`, why: 'it is gone' })),
    );
    const [finding] = nameUnreadable([part, part]);
    expect(finding).toMatchObject({ found: 60, sentence: expect.stringContaining('; and 40 more.') });
    expect(nameUnreadable([windowPart({}, [])])).toEqual([]);
  });
});

describe('the metrics of a window', () => {
  const document = { uri: 's3://b/k', versionId: 'v', sha256: 'a'.repeat(64) };
  const row = planned({ ...KEY, endpointName: ENDPOINT, runId: 'r', version: 1 });
  const judgement: Judgement = {
    verdict: 'warning',
    breached: false,
    driftedShare: 0,
    rows: 10,
    records: 9,
    invalidRecords: 1,
    topFeatures: [{ name: ':größe', score: 1, verdict: 'ok' }],
    predictionScore: 0.05,
    featureScores: [],
    capturedRows: 10,
    invokedRows: 8,
    report: document,
    state: document,
  };

  it('have names that CloudWatch takes and no share beyond its bounds', () => {
    const points = metricsOfWindow('test', row, judgement, KEY.window.to);
    const byName = new Map(points.map((point) => [point.name, point]));
    expect(byName.get('FeatureDrift')?.dimensions.Feature).toBe('_:gr__e');
    expect(byName.get('CaptureGap')?.value).toBe(0);
    expect(byName.get('InvalidShare')?.value).toBe(0.1);
    expect(byName.get('PredictionDrift')?.value).toBe(0.05);
  });

  it('name the features that moved most first, and the same ones every time', () => {
    const features = ['c', 'a', 'b', 'd', 'e', 'f'].map((name) => ({ name, score: name === 'f' ? 2 : 1 }));
    expect(topOf(features).map(({ name }) => name)).toEqual(['f', 'a', 'b', 'c', 'd']);
  });
});
