/** Mean and spread of a column in one pass (Welford), so that neither large offsets nor many rows cost digits. */
export class ColumnMoments {
  count = 0;
  minimum = Number.POSITIVE_INFINITY;
  maximum = Number.NEGATIVE_INFINITY;
  #mean = 0;
  #squaredDeviations = 0;

  add(value: number): void {
    this.count += 1;
    const deviation = value - this.#mean;
    this.#mean += deviation / this.count;
    this.#squaredDeviations += deviation * (value - this.#mean);
    if (value < this.minimum) this.minimum = value;
    if (value > this.maximum) this.maximum = value;
  }

  /** Null where nothing was added; the standard deviation has ddof 0. */
  finish(): { mean: number; standardDeviation: number; minimum: number; maximum: number } | null {
    if (this.count === 0) return null;
    const standardDeviation = Math.sqrt(Math.max(0, this.#squaredDeviations) / this.count);
    return { mean: this.#mean, standardDeviation, minimum: this.minimum, maximum: this.maximum };
  }
}
