import { factOfRunEvent, isFact } from '../../../events/contracts/fact-of-run-event.ts';
import { NotFound } from '../../domain/faults.ts';
import { inOrder } from '../../domain/order-events.ts';
import { Run } from '../../domain/run.ts';
import { RunEvent } from '../../domain/run-event.ts';
import type { Bus } from '../../ports/bus.ts';
import type { Timeline } from '../../ports/runs.ts';
import { outboxAttributes, publishStored } from './outbox.ts';
import { entityOf } from './stored-entity.ts';
import { type Key, openTable } from './table.ts';

export const eventKeyOf = (event: Pick<RunEvent, 'runId' | 'key'>): Key => ({
  pk: `RUN#${event.runId}`,
  sk: `EVENT#${event.key}`,
});

/** Events stand beside their run, one item each; an event that others build on stays in the outbox until it is published. */
export function dynamodbTimeline({ table: name, bus }: { table: string; bus: Bus }): Timeline {
  const table = openTable(name);

  async function factOf(event: RunEvent, known: Run | undefined) {
    if (!isFact(event)) return undefined;
    if (known !== undefined) return factOfRunEvent(event, known);
    const item = await table.get({ pk: `RUN#${event.runId}`, sk: 'RUN' });
    if (item === undefined) throw new NotFound(`There is no run ${event.runId} to record "${event.key}" for.`);
    return factOfRunEvent(event, entityOf(Run, item));
  }

  return {
    async record(event, run) {
      const key = eventKeyOf(event);
      const fact = await factOf(event, run);
      const recorded = await table.put(
        { ...key, entity: event, ...(fact && outboxAttributes(key, fact)) },
        { expression: 'attribute_not_exists(pk)' },
      );
      if (recorded && fact !== undefined) await publishStored(table, bus, key, fact);
    },
    async list(runId) {
      const items = await table.queryPartition(`RUN#${runId}`, 'EVENT#');
      return inOrder(items.map((item) => entityOf(RunEvent, item)));
    },
  };
}
