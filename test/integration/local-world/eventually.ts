import { setTimeout as delay } from 'node:timers/promises';

/** Repeats an expectation until it holds; throws its last failure when the time is up. */
export async function eventually(expectation: () => Promise<void>, withinMs = 45_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    try {
      return await expectation();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await delay(100);
    }
  }
}
