import { setTimeout as sleep } from 'node:timers/promises';
import type { World } from '../world.ts';
import type { DeploymentPlan, DeploymentStep } from './deployment-plan.ts';

/** The deployment can't go on; the message is the endpoint's FailureReason. */
export class DeploymentStopped extends Error {
  override readonly name = 'DeploymentStopped';
}

/** The server is ending: its next run takes the deployment up again. */
export class ServerEnding extends Error {
  override readonly name = 'ServerEnding';
}

const LOOK_EVERY_MS = 1_000;

/** Watches one deployment: its alarms while it bakes, and its time. */
export class DeploymentWatch {
  readonly #world: World;
  readonly #plan: DeploymentPlan;
  /** Launching takes the laptop's own time, waits take the time of the request: scaled or not, both count as what they stand for. */
  #elapsedSeconds = 0;

  constructor(world: World, plan: DeploymentPlan) {
    this.#world = world;
    this.#plan = plan;
  }

  /** Counts what launching the new fleet took. @throws DeploymentStopped */
  launched(since: number): void {
    this.#spend((performance.now() - since) / 1000);
  }

  /** Waits as long as a step bakes, and looks at the alarms from second to second. @throws DeploymentStopped, ServerEnding */
  async bake({ bakeSeconds }: DeploymentStep): Promise<void> {
    const endsAt = performance.now() + bakeSeconds * 1000 * this.#world.configuration.timeScale;
    for (;;) {
      await this.requireQuiet();
      const leftMs = endsAt - performance.now();
      if (leftMs <= 0) break;
      await sleep(Math.min(leftMs, LOOK_EVERY_MS), undefined, { ref: false });
      if (this.#world.hosting.isClosing) throw new ServerEnding('The server is ending.');
    }
    this.#spend(bakeSeconds);
  }

  /** @throws DeploymentStopped when an alarm is in ALARM, or can't be looked at */
  async requireQuiet(): Promise<void> {
    const { alarms } = this.#plan;
    if (alarms.length === 0) return;
    const { tripped, missing } = await this.#look(alarms);
    if (missing.length > 0)
      throw new DeploymentStopped(
        `The following CloudWatch alarms of the auto rollback configuration do not exist: [${missing.join(', ')}]. The deployment was rolled back.`,
      );
    if (tripped.length > 0)
      throw new DeploymentStopped(
        `The following CloudWatch alarms of the auto rollback configuration are in ALARM state: [${tripped.join(', ')}]. The deployment was rolled back.`,
      );
  }

  async #look(alarms: string[]): Promise<{ tripped: string[]; missing: string[] }> {
    try {
      return await this.#world.alarms.look(alarms);
    } catch (error) {
      if (this.#world.hosting.isClosing) throw new ServerEnding('The server is ending.', { cause: error });
      const why = error instanceof Error ? error.message : String(error);
      throw new DeploymentStopped(
        `The CloudWatch alarms of the auto rollback configuration could not be read: ${why}. The deployment was rolled back.`,
        { cause: error },
      );
    }
  }

  #spend(seconds: number): void {
    this.#elapsedSeconds += seconds;
    const { timeoutSeconds } = this.#plan;
    if (timeoutSeconds === undefined || this.#elapsedSeconds <= timeoutSeconds) return;
    throw new DeploymentStopped(
      `The deployment took longer than MaximumExecutionTimeoutInSeconds (${timeoutSeconds} seconds). It was rolled back.`,
    );
  }
}
