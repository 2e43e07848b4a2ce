import { join } from 'node:path';
import { removeLeftovers } from '../containers/container.ts';
import { Slots } from '../jobs/slots.ts';
import type { Deployment } from '../state/records.ts';
import type { WorkerSurroundings } from './model-worker.ts';
import { ServingVariant } from './serving-variant.ts';

/** The workers of one deployment. */
export type Fleet = { configName: string; variants: ServingVariant[] };

/** More workers at a time would only make each other slower. */
const STARTS_AT_ONCE = 3;

/** Which fleet serves which endpoint. */
export class Hosting {
  readonly #around: WorkerSurroundings;
  readonly #serving = new Map<string, Fleet>();
  readonly #starts = new Slots(STARTS_AT_ONCE);
  #closing = false;

  constructor(around: WorkerSurroundings) {
    this.#around = around;
    removeLeftovers(join(around.stateFolder, 'workers'));
  }

  get isClosing(): boolean {
    return this.#closing;
  }

  /** Starts every variant of a deployment; none stays if one doesn't come up. @throws WorkerNotUp */
  async bringUp(endpoint: string, deployment: Deployment): Promise<Fleet> {
    const fleet = this.#fleetOf(endpoint, deployment);
    try {
      await Promise.all(fleet.variants.map((variant) => variant.start()));
    } catch (error) {
      this.takeDown(fleet);
      throw error;
    }
    return fleet;
  }

  /** The fleet takes the traffic; the one before is taken down. */
  serve(endpoint: string, fleet: Fleet): void {
    const before = this.#serving.get(endpoint);
    this.#serving.set(endpoint, fleet);
    if (before !== undefined) this.takeDown(before);
  }

  /** For an endpoint that was in service when the server ended: it serves as soon as its workers are back. */
  comeBack(endpoint: string, deployment: Deployment): void {
    const fleet = this.#fleetOf(endpoint, deployment);
    for (const variant of fleet.variants) variant.comeBack();
    this.#serving.set(endpoint, fleet);
  }

  /** Answers how many were killed. */
  killWorkers(endpoint: string, variantName: string | undefined): number {
    const variants = this.#serving.get(endpoint)?.variants ?? [];
    const meant = variants.filter(
      (each) => variantName === undefined || each.deployed.variant.VariantName === variantName,
    );
    return meant.reduce((killed, variant) => killed + variant.kill(), 0);
  }

  fleetOf(endpoint: string): Fleet | undefined {
    return this.#serving.get(endpoint);
  }

  forget(endpoint: string): void {
    const fleet = this.#serving.get(endpoint);
    if (fleet !== undefined) this.takeDown(fleet);
    this.#serving.delete(endpoint);
  }

  takeDown(fleet: Fleet): void {
    for (const variant of fleet.variants) variant.stop();
  }

  close(): void {
    this.#closing = true;
    for (const fleet of this.#serving.values()) this.takeDown(fleet);
  }

  #fleetOf(endpoint: string, deployment: Deployment): Fleet {
    const variants = deployment.variants.map(
      (deployed) => new ServingVariant(endpoint, deployed, this.#around, this.#starts),
    );
    return { configName: deployment.configName, variants };
  }
}
