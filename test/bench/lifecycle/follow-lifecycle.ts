import { setTimeout as sleep } from 'node:timers/promises';
import { decideAs } from '../../../local/demo/acts.ts';
import type { WorldUrls } from '../../../local/world/environment.ts';
import { people } from '../../../local/world/people.ts';
import { dynamodbRuns } from '../../../shared/adapters/dynamodb/runs.ts';
import { dynamodbTimeline } from '../../../shared/adapters/dynamodb/timeline.ts';
import { eventbridgeBus } from '../../../shared/adapters/eventbridge/bus.ts';
import type { Run } from '../../../shared/domain/run.ts';
import type { RunEvent } from '../../../shared/domain/run-event.ts';
import type { Repository } from './create-project.ts';

const TABLE = 'mlops-local';
const ENDED = ['refused', 'live', 'routed-back', 'superseded', 'parked'];
const LOOK_EVERY_MS = 100;

export type Lifecycle = { run: Run; events: RunEvent[]; askedSeenAtMs: number | undefined; endedAtMs: number };

/** Pushes a commit, approves its version as soon as a steward is asked, and follows the run to its end, whatever that is. */
export async function followLifecycle(repository: Repository, urls: WorldUrls, withinMs: number): Promise<Lifecycle> {
  const runs = dynamodbRuns({ table: TABLE, bus: eventbridgeBus({ bus: TABLE }) });
  const timeline = dynamodbTimeline({ table: TABLE, bus: eventbridgeBus({ bus: TABLE }) });
  const commit = await repository.push();
  const pushedAtMs = Date.now();
  let approved = false;
  let askedSeenAtMs: number | undefined;
  for (;;) {
    const run = (await runs.listByModel(repository.model, 1)).find((each) => each.commit === commit);
    if (run !== undefined && ENDED.includes(run.status)) {
      const events = await timeline.list(run.runId);
      return { run, events, askedSeenAtMs, endedAtMs: Date.parse(run.endedAt ?? run.updatedAt) };
    }
    if (run?.status === 'awaiting-approval' && run.reviewId !== undefined && !approved) {
      askedSeenAtMs ??= Date.now();
      const say = () => undefined;
      const decide = decideAs(people.steward1.username, { say }, { outcome: 'approved', reason: 'Every gate passed.' });
      approved = await decide(`${urls.web}/reviews/${run.reviewId}`, run).then(
        () => true,
        () => false, // Too many at once were asked for a page: a person tries again.
      );
    }
    if (Date.now() - pushedAtMs > withinMs) {
      throw new Error(
        `${repository.model} did not end: its run is ${run?.status ?? 'not there'}; see ${urls.web}/runs/${run?.runId}.`,
      );
    }
    await sleep(LOOK_EVERY_MS);
  }
}
