import { watchHealth } from '../../../../local/sagemaker/serving/watch-health.ts';

/** A worker that answers its pings by this list, and then no more. */
function workerThatSays(answers: boolean[]) {
  let asked = 0;
  let end: (code: number) => void = () => {};
  const exited = new Promise<number>((resolve) => {
    end = resolve;
  });
  const requireHealthy = async () => {
    asked += 1;
    const healthy = answers[asked - 1];
    if (healthy === undefined) end(0);
    else if (!healthy) throw new Error('not healthy');
  };
  let stopped = false;
  const stop = () => {
    stopped = true;
    end(137);
  };
  return { worker: { requireHealthy, exited, stop }, wasStopped: async () => (await exited) === 137 && stopped };
}

describe('the health of a worker', () => {
  it('is bad when three pings in a row fail: it is stopped', async () => {
    const { worker, wasStopped } = workerThatSays([true, false, false, false]);
    watchHealth(worker, 1);
    expect(await wasStopped()).toBe(true);
  });

  it('is good as long as a ping now and then succeeds', async () => {
    const { worker, wasStopped } = workerThatSays([false, false, true, false, false, true]);
    watchHealth(worker, 1);
    expect(await wasStopped()).toBe(false);
  });
});
