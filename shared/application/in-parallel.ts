/** Does `work` on every element, so many at a time. One failure holds up nothing else; all are returned. */
export async function inParallel<Element>(
  elements: Iterable<Element>,
  atATime: number,
  work: (element: Element) => Promise<unknown>,
): Promise<{ element: Element; error: unknown }[]> {
  const queue = [...elements];
  const failures: { element: Element; error: unknown }[] = [];
  async function workOff(): Promise<void> {
    for (let element = queue.shift(); element !== undefined; element = queue.shift()) {
      try {
        await work(element);
      } catch (error) {
        failures.push({ element, error });
      }
    }
  }
  await Promise.all(Array.from({ length: atATime }, workOff));
  return failures;
}

/** The results of `work` on every element, in their order, so many at a time. @throws the first failure */
export async function mapInParallel<Element, Result>(
  elements: readonly Element[],
  atATime: number,
  work: (element: Element) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const [failure] = await inParallel(elements.entries(), atATime, async ([index, element]) => {
    results[index] = await work(element);
  });
  if (failure !== undefined) throw failure.error;
  return results;
}

/** All results. Waits for every one of them also when one fails, so that nothing of a step goes on after it. @throws the first failure */
export async function together<const Pending extends readonly unknown[]>(
  pending: Pending,
): Promise<{ -readonly [Index in keyof Pending]: Awaited<Pending[Index]> }> {
  await Promise.allSettled(pending);
  return Promise.all(pending);
}
