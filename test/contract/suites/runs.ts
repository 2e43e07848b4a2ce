import { beforeEach, describe, expect, it } from '@jest/globals';
import { NotFound, WriteConflict } from '../../../shared/domain/faults.ts';
import { Run } from '../../../shared/domain/run.ts';
import type { Runs, Timeline } from '../../../shared/ports/runs.ts';
import { NOON, sampleEvent, sampleRun } from '../../fakes/sample-records.ts';
import { anyModel, anyPipeline } from './any-names.ts';

const LATER = '2026-11-23T13:00:00.000Z';

/** What every `Runs` and its `Timeline` do. */
export function runsContract(make: () => Promise<{ runs: Runs; timeline: Timeline }>) {
  let runs: Runs;
  let timeline: Timeline;
  let model: string;

  beforeEach(async () => {
    ({ runs, timeline } = await make());
    model = anyModel();
  });

  async function created(changes: Partial<Run> = {}): Promise<Run> {
    const candidate = sampleRun({ model, pipelineId: anyPipeline(), ...changes });
    return (await runs.create(candidate, sampleEvent(candidate))).run;
  }

  describe('creating', () => {
    it('gives the first run of a model the sequence number 1 and counts on from there', async () => {
      const first = await created();
      const second = await created();
      expect([first.sequence, second.sequence]).toEqual([1, 2]);
    });

    it('keeps the run that exists and its timeline when the same pipeline is reported again', async () => {
      const run = await created();
      const again = await runs.create(
        { ...run, commitTitle: 'Another title' },
        sampleEvent(run, { summary: 'Again.' }),
      );
      expect(again).toEqual({ outcome: 'exists', run });
      expect(await timeline.list(run.runId)).toEqual([sampleEvent(run)]);
    });

    it('creates one run of ten that race for it, and takes one sequence number', async () => {
      const candidate = sampleRun({ model, pipelineId: anyPipeline() });
      const outcomes = await Promise.all(
        Array.from({ length: 10 }, () => runs.create(candidate, sampleEvent(candidate))),
      );
      expect(outcomes.filter(({ outcome }) => outcome === 'created')).toHaveLength(1);
      expect((await created()).sequence).toBe(2);
    });

    it('gives runs of one model that race different sequence numbers', async () => {
      const racing = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((ref) => created({ ref })));
      expect(racing.map(({ sequence }) => sequence).sort()).toEqual([1, 2, 3, 4, 5]);
    });

    it('creates nothing of a pipeline that a newer one of its branch has overtaken', async () => {
      const late = sampleRun({ model, pipelineId: anyPipeline() });
      const newer = await created();
      expect(await runs.create(late, sampleEvent(late))).toEqual({ outcome: 'overtaken', run: newer });
      expect(await runs.find(late.runId)).toBeUndefined();
      expect((await created()).sequence).toBe(2);
    });

    it('does not mind a newer pipeline that was refused, or ran on another branch', async () => {
      const late = sampleRun({ model, pipelineId: anyPipeline() });
      await created({ status: 'refused', endedAt: NOON });
      await created({ ref: 'release' });
      expect((await runs.create(late, sampleEvent(late))).outcome).toBe('created');
    });

    it('never gives the higher sequence number to the older of two pipelines that race', async () => {
      const older = sampleRun({ model, pipelineId: anyPipeline() });
      const newer = sampleRun({ model, pipelineId: anyPipeline() });
      const made = await Promise.all([newer, older].map((run) => runs.create(run, sampleEvent(run))));
      const taken = made.filter(({ outcome }) => outcome === 'created').map(({ run }) => run);
      expect(taken.map(({ runId }) => runId)).toContain(newer.runId);
      const byPipeline = taken.toSorted((a, b) => a.pipelineId - b.pipelineId);
      expect(byPipeline.map(({ sequence }) => sequence)).toEqual([1, 2].slice(0, taken.length));
    });

    it('returns what it keeps, whole', async () => {
      const run = await created();
      expect(await runs.get(run.runId)).toEqual(run);
      expect(Run.parse(run)).toEqual(run);
    });
  });

  describe('finding', () => {
    it('finds no run that was never created', async () => {
      expect(await runs.find('f'.repeat(20))).toBeUndefined();
      await expect(runs.get('f'.repeat(20))).rejects.toThrow(NotFound);
    });

    it('lists the newest runs of a model first', async () => {
      await created();
      const second = await created();
      const third = await created();
      expect((await runs.listByModel(model, 2)).map(({ runId }) => runId)).toEqual([third.runId, second.runId]);
    });

    it('lists only the runs of a model that came after another', async () => {
      const first = await created();
      const second = await created();
      const third = await created();
      const since = async ({ sequence }: Run) =>
        (await runs.listByModel(model, 20, sequence)).map(({ runId }) => runId);
      expect(await since(first)).toEqual([third.runId, second.runId]);
      expect(await since(third)).toEqual([]);
    });

    it('lists as active what an execution works on: not a parked, refused or ended run', async () => {
      const working = await created();
      const parked = await created();
      const refused = await created({ status: 'refused', endedAt: NOON });
      const live = await created();
      await runs.update(parked.runId, { status: 'parked' }, LATER);
      await runs.update(live.runId, { status: 'live', endedAt: LATER }, LATER);
      const active = (await runs.listActive()).map(({ runId }) => runId);
      expect(active).toContain(working.runId);
      for (const { runId } of [parked, refused, live]) expect(active).not.toContain(runId);
      await runs.update(parked.runId, { status: 'training', attempt: 2 }, LATER);
      expect((await runs.listActive()).map(({ runId }) => runId)).toContain(parked.runId);
    });
  });

  describe('changing', () => {
    it('changes what it is told and the time, and nothing else', async () => {
      const run = await created();
      const changed = await runs.update(run.runId, { status: 'judging', reviewId: undefined }, LATER);
      expect(changed).toEqual({ ...run, status: 'judging', updatedAt: LATER });
      expect(await runs.get(run.runId)).toEqual(changed);
    });

    it('refuses when the run does not stand where the caller thinks', async () => {
      const run = await created();
      await expect(runs.update(run.runId, { status: 'registering' }, LATER, ['judging'])).rejects.toThrow(
        WriteConflict,
      );
      expect((await runs.get(run.runId)).status).toBe('training');
      await runs.update(run.runId, { status: 'judging' }, LATER, ['parked', 'training']);
      expect((await runs.get(run.runId)).status).toBe('judging');
    });

    it('refuses when another attempt goes on than the caller thinks', async () => {
      const run = await created();
      await runs.update(run.runId, { attempt: 2 }, LATER, ['training'], 1);
      await expect(runs.update(run.runId, { attempt: 2 }, LATER, ['training'], 1)).rejects.toThrow(WriteConflict);
      expect((await runs.get(run.runId)).attempt).toBe(2);
    });

    it('lets nobody bring an ended run back, but takes the link to its issue', async () => {
      const run = await created();
      await runs.update(run.runId, { status: 'routed-back', endedAt: LATER }, LATER);
      await expect(runs.update(run.runId, { status: 'training' }, LATER)).rejects.toThrow(WriteConflict);
      await runs.update(run.runId, { issueUrl: 'https://gitlab.example.com/issues/1' }, LATER);
      expect(await runs.get(run.runId)).toMatchObject({
        status: 'routed-back',
        issueUrl: 'https://gitlab.example.com/issues/1',
      });
    });

    it('does not change a run that does not exist', async () => {
      await expect(runs.update('e'.repeat(20), { status: 'judging' }, LATER)).rejects.toThrow(NotFound);
    });

    it('keeps both of two changes of different fields that race', async () => {
      const run = await created();
      await Promise.all([
        runs.update(run.runId, { artifactSha256: 'd'.repeat(64) }, LATER),
        runs.update(run.runId, { reviewId: 'r' }, LATER),
      ]);
      expect(await runs.get(run.runId)).toMatchObject({ artifactSha256: 'd'.repeat(64), reviewId: 'r' });
    });
  });

  describe('the timeline', () => {
    it('records an event once per key, and keeps the first', async () => {
      const run = await created();
      const event = sampleEvent(run, {
        key: 'training-started',
        type: 'training-started',
        at: LATER,
        summary: 'First.',
      });
      await timeline.record(event);
      await timeline.record({ ...event, summary: 'Second.' });
      expect(await timeline.list(run.runId)).toEqual([sampleEvent(run), event]);
    });

    it('lists the oldest first, and events of one moment in the order of the story', async () => {
      const run = await created();
      const at = (type: 'run-parked' | 'training-started' | 'training-finished', time: string) =>
        timeline.record(sampleEvent(run, { key: type, type, at: time }));
      await at('run-parked', '2026-11-23T14:00:00.000Z');
      await at('training-finished', LATER);
      await at('training-started', LATER);
      expect((await timeline.list(run.runId)).map(({ type }) => type)).toEqual([
        'run-accepted',
        'training-started',
        'training-finished',
        'run-parked',
      ]);
    });

    it('keeps the timelines of two runs apart', async () => {
      const one = await created();
      const other = await created();
      await timeline.record(sampleEvent(one, { key: 'run-parked#1', type: 'run-parked', at: LATER }));
      expect(await timeline.list(other.runId)).toEqual([sampleEvent(other)]);
    });
  });
}
