import { describe, expect, it } from '@jest/globals';
import { sampleRelease } from '../../fakes/sample-records.ts';
import { rolloutWorld } from './rollout-world.ts';

async function inService() {
  const w = await rolloutWorld();
  await w.rollOut();
  await w.arrive();
  return w;
}

describe('the smoke test', () => {
  it('passes an endpoint that gives the golden answers, and reports its latency', async () => {
    const w = await inService();
    await expect(w.smokeTest()).resolves.toEqual({ outcome: 'passed', reasons: [] });
    expect(w.deps.timeline.events.at(-1)).toMatchObject({
      type: 'smoke-test-finished',
      detail: { inputs: 3, differences: 0, latencyP50Ms: 5, latencyP95Ms: 5 },
    });
  });

  it('allows what the tolerance allows and no more', async () => {
    const w = await inService();
    const answerWith = (off: number) => (input: string) => ({
      outcome: 'answered' as const,
      body: JSON.stringify({ score: Number(input) / 10 + off }),
      latencyMs: 5,
    });
    w.deps.hosting.answer = answerWith(0.0009);
    await expect(w.smokeTest()).resolves.toMatchObject({ outcome: 'passed' });
    w.deps.hosting.answer = answerWith(0.0011);
    await expect(w.smokeTest()).resolves.toMatchObject({ outcome: 'failed' });
  });

  it('fails one that answers wrongly, with expected and seen', async () => {
    const w = await inService();
    w.deps.hosting.answer = () => ({ outcome: 'answered', body: '{"score":0.9}', latencyMs: 5 });
    const { outcome, reasons } = await w.smokeTest();
    expect(outcome).toBe('failed');
    expect(reasons[0]).toContain('3 of 3 golden inputs');
    expect(reasons[1]).toContain('expected 0.1, seen 0.9');
  });

  it('fails one whose model fails', async () => {
    const w = await inService();
    w.deps.hosting.answer = () => ({ outcome: 'model-error', status: 500, message: 'KeyError', latencyMs: 5 });
    await expect(w.smokeTest()).resolves.toMatchObject({
      outcome: 'failed',
      reasons: [expect.any(String), expect.stringContaining('KeyError'), expect.any(String), expect.any(String)],
    });
  });

  it('fails one that is slow', async () => {
    const w = await inService();
    const { answer } = w.deps.hosting;
    w.deps.hosting.answer = (input) => ({ ...answer(input), latencyMs: 251 });
    await expect(w.smokeTest()).resolves.toMatchObject({
      outcome: 'failed',
      reasons: [expect.stringContaining('251 ms, at most 250 ms')],
    });
  });

  it('fails one that is too slow to be asked everything, instead of being cut off itself', async () => {
    const w = await inService();
    const { answer } = w.deps.hosting;
    w.deps.hosting.answer = (input) => ({ ...answer(input), latencyMs: 80_000 });
    const { outcome, reasons } = await w.smokeTest();
    expect(outcome).toBe('failed');
    expect(reasons.at(-1)).toContain('answered 2 of 3 golden inputs in 150 s');
  });

  it('reads the golden answers in the version that was registered', async () => {
    const w = await inService();
    w.deps.objects.put(w.run.registered?.goldenAnswers.uri ?? '', 'others');
    await expect(w.smokeTest()).resolves.toMatchObject({ outcome: 'passed' });
  });
});

describe('recording a deployment', () => {
  it('makes what was pending live, here and in GitLab', async () => {
    const w = await inService();
    await expect(w.record()).resolves.toEqual({ outcome: 'live', reasons: [] });
    const deployment = await w.deployment();
    expect(deployment?.live).toMatchObject({ runId: w.run.runId, version: 1 });
    expect(deployment?.pending).toBeUndefined();
    expect(w.deps.gitlab.all[0]?.status).toBe('success');
    expect(w.deps.timeline.bus.facts.map(({ detailType }) => detailType)).toEqual(['RolloutFinished.v1']);
  });

  it('changes nothing when it is repeated', async () => {
    const w = await inService();
    await w.record();
    await w.record();
    expect((await w.deployment())?.former).toBeUndefined();
    expect(w.events().filter((key) => key.startsWith('rollout-finished'))).toHaveLength(1);
  });

  it('closes the deployment in GitLab after a crash between', async () => {
    const w = await inService();
    const { finish } = w.deps.gitlab;
    w.deps.gitlab.finish = async () => Promise.reject(new Error('GitLab is away'));
    await expect(w.record()).rejects.toThrow('GitLab is away');
    w.deps.gitlab.finish = finish;
    await w.record();
    expect(w.deps.gitlab.all[0]?.status).toBe('success');
  });

  it("does not record what is another run's", async () => {
    const w = await rolloutWorld();
    const live = sampleRelease({ runId: 'f'.repeat(20), sequence: 0, commit: w.run.commit });
    w.deps.deployments.put({ model: 'flight-delays', environment: 'dev', endpointName: 'e', live });
    await expect(w.record()).rejects.toThrow('Nothing of run');
  });
});
