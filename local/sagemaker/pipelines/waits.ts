/** The longest that a timer can be set to, 24 days. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Waits that can be ended before their time, by name. */
export class Waits {
  readonly #ends = new Map<string, () => void>();

  async until(name: string, waitMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.min(Math.max(0, waitMs), LONGEST_TIMER_MS));
      this.#ends.set(name, () => {
        clearTimeout(timer);
        resolve();
      });
    });
    this.#ends.delete(name);
  }

  end(name: string): void {
    this.#ends.get(name)?.();
  }
}
