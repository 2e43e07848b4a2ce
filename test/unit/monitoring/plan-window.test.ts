import { describe, expect, it } from '@jest/globals';
import { writeBaseline } from '../../../shared/domain/drift/seal-baseline.ts';
import { ContractBroken } from '../../../shared/domain/faults.ts';
import { ENDPOINT, KEY, MODEL, traffic, WINDOW, windowWorld } from './window-world.ts';

describe('planning a window', () => {
  it('ends five minutes before the schedule fired, on the minute, and is as long as the policy says', async () => {
    const w = await windowWorld();
    w.capture('a.jsonl', traffic(10));
    const planning = await w.planWindow();
    expect(planning).toMatchObject({ outcome: 'planned', reasons: [], window: KEY, batches: 1 });
    expect(await w.row()).toMatchObject({ status: 'planned', endpointName: ENDPOINT, runId: w.run.runId, version: 1 });
  });

  it('looks at the span that somebody asked for, however they spell it', async () => {
    const w = await windowWorld();
    const asked = { from: '2026-11-23T10:00:00Z', to: '2026-11-23T11:00:00Z' };
    const planning = await w.planWindow({ model: MODEL, environment: 'prod', window: asked });
    expect(planning.window).toEqual(KEY);
  });

  it.each([
    ['ends before it begins', { from: WINDOW.to, to: WINDOW.from }],
    ['is empty', { from: WINDOW.from, to: WINDOW.from }],
    ['lasts more than a week', { from: '2026-11-01T00:00:00Z', to: '2026-11-23T00:00:00Z' }],
  ])('refuses a span that %s', async (_what, window) => {
    const w = await windowWorld();
    await expect(w.planWindow({ model: MODEL, environment: 'prod', window })).rejects.toThrow(ContractBroken);
  });

  it('has nothing to read where nothing was captured', async () => {
    const w = await windowWorld();
    expect(await w.planWindow()).toMatchObject({ outcome: 'planned', batches: 0 });
  });

  it('reads what was delivered late, and leaves out what can hold no record of the window', async () => {
    const w = await windowWorld();
    w.capture('in-time.jsonl', traffic(1));
    w.capture('late.jsonl', traffic(1), '2026-11-23T11:04:00.000Z', '2026/11/23/11');
    w.capture('next-hour.jsonl', traffic(1), '2026-11-23T11:55:00.000Z', '2026/11/23/11');
    w.capture('spans-the-hour.jsonl', traffic(1), '2026-11-23T10:02:00.000Z', '2026/11/23/09');
    w.capture('hour-before.jsonl', traffic(1), '2026-11-23T09:58:00.000Z', '2026/11/23/09');
    w.capture('notes.txt', 'not a capture');
    const planning = await w.planWindow();
    if (planning.plan === undefined) throw new Error('nothing was planned');
    const plan = JSON.parse(Buffer.from(await w.deps.states.read(planning.plan)).toString());
    const names = plan.batches.flat().map(({ key }: { key: string }) => key.slice(key.lastIndexOf('/') + 1));
    expect(names.sort()).toEqual(['in-time.jsonl', 'late.jsonl', 'spans-the-hour.jsonl']);
  });

  it('is not there for a policy without monitoring', async () => {
    const w = await windowWorld({ monitoring: undefined });
    const planning = await w.planWindow();
    expect(planning).toMatchObject({
      outcome: 'no-monitoring',
      reasons: [expect.stringContaining('does not watch drift')],
    });
    expect(await w.row()).toBeUndefined();
  });

  it('is not there for an environment that captures nothing', async () => {
    const w = await windowWorld();
    const live = (await w.deps.deployments.find(MODEL, 'prod'))?.live;
    if (live === undefined) throw new Error('nothing is live');
    w.deps.deployments.put({ model: MODEL, environment: 'dev', endpointName: ENDPOINT, live });
    expect(await w.planWindow({ model: MODEL, environment: 'dev' })).toMatchObject({ outcome: 'no-monitoring' });
  });

  it.each([
    ['nothing was ever rolled out', async (w: World) => w.planWindow({ model: MODEL, environment: 'qa' })],
    [
      'the endpoint is gone',
      async (w: World) => {
        await w.deps.hosting.deleteEndpoint(ENDPOINT);
        return w.planWindow();
      },
    ],
    [
      'the endpoint is going',
      async (w: World) => {
        w.deps.hosting.settle(ENDPOINT, { status: 'Deleting' });
        return w.planWindow();
      },
    ],
  ])('says that the model is retired where %s', async (_what, look) => {
    expect(await look(await windowWorld())).toMatchObject({ outcome: 'retired' });
  });
});

type World = Awaited<ReturnType<typeof windowWorld>>;

describe('a baseline that can not be trusted', () => {
  const cases: [string, (w: World) => Promise<void>, string][] = [
    [
      'was never made',
      async (w) => {
        const { baseline: _none, ...registered } = w.run.registered ?? never();
        w.deps.runs.put({ ...w.run, registered });
      },
      'was registered without a baseline',
    ],
    ['was changed', async (w) => w.deps.documents.tamper(w.baseline, '{}'), 'was changed'],
    [
      'is gone',
      async (w) => {
        const registered = { ...(w.run.registered ?? never()), baseline: { ...w.baseline, versionId: 'v99' } };
        w.deps.runs.put({ ...w.run, registered });
      },
      'The baseline is gone',
    ],
    [
      'was made for another model',
      async (w) => {
        const own = JSON.parse(Buffer.from(await w.deps.documents.read(w.baseline)).toString());
        const baseline = await w.deps.documents.write(
          'documents/b.json',
          writeBaseline({ ...own, model: 'churn' }),
          '',
        );
        w.deps.runs.put({ ...w.run, registered: { ...(w.run.registered ?? never()), baseline } });
      },
      'was made for churn, not for flight-delays',
    ],
    [
      'is not the one that the model registry names',
      async (w) => {
        const own = JSON.parse(Buffer.from(await w.deps.documents.read(w.baseline)).toString());
        const baseline = await w.deps.documents.write('documents/b.json', `${writeBaseline(own)}\n`, '');
        w.deps.runs.put({ ...w.run, registered: { ...(w.run.registered ?? never()), baseline } });
      },
      'The model registry says',
    ],
  ];

  it.each(cases)('that %s fails the window with a sentence, and nothing is judged', async (_what, damage, sentence) => {
    const w = await windowWorld();
    w.capture('a.jsonl', traffic(1000));
    await damage(w);
    expect(await w.look('e-1')).toMatchObject({
      outcome: 'baseline-broken',
      reasons: [expect.stringContaining(sentence)],
    });
    expect(await w.row()).toMatchObject({ status: 'failed', reason: expect.stringContaining(sentence) });
    expect(w.deps.metrics.points).toEqual([]);
  });

  it('is looked at again once it was put right', async () => {
    const w = await windowWorld();
    w.capture('a.jsonl', traffic(1000));
    const good = await w.deps.documents.read(w.baseline);
    w.deps.documents.tamper(w.baseline, '{}');
    await w.look('e-1');
    w.deps.documents.tamper(w.baseline, Buffer.from(good).toString());
    await w.look('e-2');
    expect(await w.row()).toMatchObject({ status: 'judged', verdict: 'ok' });
  });
});

function never(): never {
  throw new Error('the run was registered');
}
