const LONGEST_WAIT_MS = 2 ** 31 - 1;

/** Calls back for each job once, when its time has come. */
export class Timetable {
  readonly #timers = new Map<number, NodeJS.Timeout>();
  readonly #due: (id: number) => void;

  constructor(due: (id: number) => void) {
    this.#due = due;
  }

  add(id: number, waitMs: number): void {
    clearTimeout(this.#timers.get(id));
    const timer = setTimeout(
      () => {
        this.#timers.delete(id);
        this.#due(id);
      },
      Math.min(Math.max(0, waitMs), LONGEST_WAIT_MS),
    );
    this.#timers.set(id, timer);
  }

  clear(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}
