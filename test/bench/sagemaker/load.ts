import { median } from '../figures.ts';

export type Load = { perSecond: number; medianMs: number };

/** Sends so many requests, so many at a time, each as soon as the one before it is answered. */
export async function underLoad(
  requests: number,
  atOnce: number,
  send: (index: number) => Promise<unknown>,
): Promise<Load> {
  const times: number[] = [];
  let next = 0;
  const client = async () => {
    while (next < requests) {
      const index = next++;
      const began = performance.now();
      await send(index);
      times.push(performance.now() - began);
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: atOnce }, client));
  return { perSecond: requests / ((performance.now() - began) / 1000), medianMs: median(times) };
}
