import { setTimeout as sleep } from 'node:timers/promises';
import { WorldError } from '../world/world-error.ts';

/** Asks until there is an answer. The sentence says what was awaited when the time is over. */
export async function poll<Answer>(
  awaited: string,
  ask: () => Promise<Answer | undefined>,
  { seconds = 120, everyMs = 250 }: { seconds?: number; everyMs?: number } = {},
): Promise<Answer> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new WorldError(`${awaited} did not come true within ${seconds} seconds.`);
    await sleep(everyMs);
  }
}
