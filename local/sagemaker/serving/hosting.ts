import { join } from 'node:path';
import { removeLeftovers } from '../containers/discard-folder.ts';
import { Slots } from '../jobs/slots.ts';
import type { Deployment } from '../state/records.ts';
import type { WorkerSurroundings } from './model-worker.ts';
import { ServingVariant } from './serving-variant.ts';

/** The workers of one deployment. */
export type Fleet = { variants: ServingVariant[] };

type ShareOf = (variant: string) => number;
/** Who answers for an endpoint: one fleet, and during a deployment a second one with a share of each variant's calls. */
type Traffic = { fleet: Fleet; arriving?: { fleet: Fleet; shareOf: ShareOf } };

/** More workers at a time would only make each other slower. */
const STARTS_AT_ONCE = 3;

/** Which fleet serves which endpoint. */
export class Hosting {
  readonly #around: WorkerSurroundings;
  readonly #serving = new Map<string, Traffic>();
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
      stopAll(fleet);
      throw error;
    }
    if (this.#closing) stopAll(fleet);
    return fleet;
  }

  /** The fleet takes a share of each variant's calls; the rest stays where it is. */
  shift(endpoint: string, fleet: Fleet, shareOf: ShareOf): void {
    const traffic = this.#serving.get(endpoint);
    if (traffic === undefined) return;
    if (traffic.arriving !== undefined && traffic.arriving.fleet !== fleet) retireAll(traffic.arriving.fleet);
    traffic.arriving = { fleet, shareOf };
  }

  /** Another share for the fleet that has one. */
  reshape(endpoint: string, shareOf: ShareOf): void {
    const arriving = this.#serving.get(endpoint)?.arriving;
    if (arriving !== undefined) this.shift(endpoint, arriving.fleet, shareOf);
  }

  /** The fleet takes all traffic; those before it end when they have answered what they were asked. */
  serve(endpoint: string, fleet: Fleet): void {
    const before = this.#serving.get(endpoint);
    this.#serving.set(endpoint, { fleet });
    for (const former of [before?.fleet, before?.arriving?.fleet])
      if (former !== undefined && former !== fleet) retireAll(former);
  }

  /** All traffic goes back to the fleet that served before the deployment. */
  withdraw(endpoint: string): void {
    const traffic = this.#serving.get(endpoint);
    if (traffic?.arriving === undefined) return;
    retireAll(traffic.arriving.fleet);
    this.#serving.set(endpoint, { fleet: traffic.fleet });
  }

  /** For an endpoint that was in service when the server ended: it serves as soon as its workers are back. */
  comeBack(endpoint: string, deployment: Deployment): void {
    const fleet = this.#fleetOf(endpoint, deployment);
    for (const variant of fleet.variants) variant.comeBack();
    this.#serving.set(endpoint, { fleet });
  }

  /** Answers how many were killed. */
  killWorkers(endpoint: string, variantName: string | undefined): number {
    const meant = this.variantsOf(endpoint).filter((each) => variantName === undefined || each.name === variantName);
    return meant.reduce((killed, variant) => killed + variant.kill(), 0);
  }

  /** Whether every variant of the fleet that served before the deployment has a worker, or gets one within a while. */
  async isUp(endpoint: string): Promise<boolean> {
    const variants = this.#serving.get(endpoint)?.fleet.variants ?? [];
    return (await Promise.all(variants.map((variant) => variant.isUp()))).every(Boolean);
  }

  variantsOf(endpoint: string): ServingVariant[] {
    return this.#serving.get(endpoint)?.fleet.variants ?? [];
  }

  /** All that run for any endpoint, those that are arriving too. */
  allVariants(): ServingVariant[] {
    return [...this.#serving.values()].flatMap(({ fleet, arriving }) => [
      ...fleet.variants,
      ...(arriving?.fleet.variants ?? []),
    ]);
  }

  /** Who answers the next call to this variant: now and then the one of the fleet that is arriving. */
  route(endpoint: string, variant: ServingVariant): ServingVariant {
    const arriving = this.#serving.get(endpoint)?.arriving;
    if (arriving === undefined || Math.random() >= arriving.shareOf(variant.name)) return variant;
    return arriving.fleet.variants.find((each) => each.name === variant.name) ?? variant;
  }

  forget(endpoint: string): void {
    const traffic = this.#serving.get(endpoint);
    this.#serving.delete(endpoint);
    for (const fleet of [traffic?.fleet, traffic?.arriving?.fleet]) if (fleet !== undefined) stopAll(fleet);
  }

  close(): void {
    this.#closing = true;
    for (const variant of this.allVariants()) variant.stop();
  }

  #fleetOf(endpoint: string, deployment: Deployment): Fleet {
    const variants = deployment.variants.map(
      (deployed) => new ServingVariant(endpoint, deployment, deployed, this.#around, this.#starts),
    );
    return { variants };
  }
}

function stopAll(fleet: Fleet): void {
  for (const variant of fleet.variants) variant.stop();
}

function retireAll(fleet: Fleet): void {
  for (const variant of fleet.variants) void variant.retire();
}
