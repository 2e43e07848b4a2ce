import { setTimeout as sleep } from 'node:timers/promises';
import { InternalFailure, ThrottlingException } from '../../errors.ts';
import { JobFailed } from '../../jobs/job-failed.ts';
import type { StandingFault } from './fault.ts';

type Standing = { id: string; fault: StandingFault; struck: number };
type OfKind<Kind> = Extract<StandingFault, { kind: Kind }>;

/** An operation has had its effect; now its connection is cut without an answer. */
export class ConnectionCut extends Error {
  override readonly name = 'ConnectionCut';
}

const CAPACITY = 'Unable to provision requested ML compute capacity';

/** The faults that somebody asked for, and where they strike. Kept in memory: a restart forgets them. */
export class Faults {
  readonly #newId: () => string;
  readonly #random: () => number;
  readonly #standing = new Map<string, Standing>();

  constructor(newId: () => string, random = Math.random) {
    this.#newId = newId;
    this.#random = random;
  }

  add(fault: StandingFault): Standing {
    const standing = { id: this.#newId(), fault, struck: 0 };
    this.#standing.set(standing.id, standing);
    return standing;
  }

  all(): Standing[] {
    return [...this.#standing.values()];
  }

  /** Answers whether there was one of that id. */
  remove(id: string): boolean {
    return this.#standing.delete(id);
  }

  clear(): void {
    this.#standing.clear();
  }

  /** @throws ThrottlingException */
  requireUnthrottled(operation: string): void {
    if (this.#strikes('throttle', (fault) => fault.operation === operation) !== undefined)
      throw new ThrottlingException('Rate exceeded');
  }

  /** @throws ThrottlingException before the operation, ConnectionCut or InternalFailure after it */
  async around<Answer>(operation: string, act: () => Promise<Answer>): Promise<Answer> {
    this.requireUnthrottled(operation);
    const answer = await act();
    const fault = this.#strikes('fail-after-effect', (each) => each.operation === operation);
    if (fault === undefined) return answer;
    if (fault.how === 'cut') throw new ConnectionCut(`${operation} was answered with a cut connection, as asked.`);
    throw new InternalFailure('The request processing has failed because of an unknown error, exception or failure.');
  }

  /** Lets an invocation wait, and answers the status that it is to have instead of the model's own, if any. */
  async onInvocation(endpoint: string, variant: string): Promise<number | undefined> {
    const fault = this.#strikes(
      'variant',
      (each) => each.endpoint === endpoint && (each.variant === undefined || each.variant === variant),
    );
    if (fault?.delayMs !== undefined) await sleep(fault.delayMs);
    return fault?.status;
  }

  /** @throws JobFailed in the words of the service */
  requireJobCapacity(kind: 'training' | 'processing', instanceType: string | undefined): void {
    if (this.#refusesCapacity(kind, [instanceType]))
      throw new JobFailed(`CapacityError: ${CAPACITY}. Please retry using a different ML instance type.`);
  }

  /** @throws JobFailed in the words of the service */
  requireEndpointCapacity(instanceTypes: (string | undefined)[]): void {
    if (this.#refusesCapacity('endpoint', instanceTypes))
      throw new JobFailed(
        `${CAPACITY} due to InsufficientInstanceCapacity error. Please retry using a different ML instance type or after some time.`,
      );
  }

  #refusesCapacity(use: OfKind<'capacity'>['for'], types: (string | undefined)[]): boolean {
    const meant = (fault: OfKind<'capacity'>) =>
      fault.for === use && (fault.instanceType === undefined || types.includes(fault.instanceType));
    return this.#strikes('capacity', meant) !== undefined;
  }

  /** The first fault that is meant and due now; one that has struck its last time is gone. */
  #strikes<Kind extends StandingFault['kind']>(
    kind: Kind,
    meant: (fault: OfKind<Kind>) => boolean,
  ): OfKind<Kind> | undefined {
    for (const standing of this.#standing.values()) {
      const { fault } = standing;
      if (!isOfKind(fault, kind) || !meant(fault)) continue;
      if (fault.share !== undefined && this.#random() >= fault.share) continue;
      standing.struck += 1;
      if (fault.times !== undefined && standing.struck >= fault.times) this.#standing.delete(standing.id);
      return fault;
    }
    return undefined;
  }
}

function isOfKind<Kind extends StandingFault['kind']>(fault: StandingFault, kind: Kind): fault is OfKind<Kind> {
  return fault.kind === kind;
}
