import { ObjectUnavailable } from '../aws/object-store.ts';

export const GIB = 1024 ** 3;
const MOST_OBJECTS = 100_000;

/** What a job may still bring in: a laptop's disk is not to fill because a prefix was too short. */
export class InputAllowance {
  #bytes: number;
  #objects: number;
  readonly #volumeGb: number;

  constructor(volumeGb: number, objects = MOST_OBJECTS) {
    this.#volumeGb = volumeGb;
    this.#bytes = volumeGb * GIB;
    this.#objects = objects;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** @throws ObjectUnavailable when it is used up */
  take(bytes: number): void {
    this.#bytes -= bytes;
    this.#objects -= 1;
    if (this.#bytes < 0)
      throw new ObjectUnavailable(
        `the input data don't fit on the volume of ${this.#volumeGb} GB. Increase VolumeSizeInGB.`,
      );
    if (this.#objects < 0)
      throw new ObjectUnavailable(`the input data are more objects than the ${MOST_OBJECTS} that a job takes in here.`);
  }
}
