/** Does all jobs, so many at a time, and answers their results in the order of the jobs. */
export async function doAll<Result>(jobs: readonly (() => Promise<Result>)[], atATime: number): Promise<Result[]> {
  const results: Result[] = [];
  const queue = [...jobs.entries()];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, job] = next;
      results[index] = await job();
    }
  };
  await Promise.all(Array.from({ length: atATime }, work));
  return results;
}
