import { factOfRunEvent } from '../../events/contracts/fact-of-run-event.ts';
import { inOrder } from '../../shared/domain/order-events.ts';
import type { Run } from '../../shared/domain/run.ts';
import type { RunEvent } from '../../shared/domain/run-event.ts';
import type { Timeline } from '../../shared/ports/runs.ts';
import { type FakeBus, fakeBus } from './bus.ts';
import { type FakeOutbox, fakeOutbox } from './outbox.ts';

export type FakeTimeline = Timeline & {
  bus: FakeBus;
  outbox: FakeOutbox;
  events: RunEvent[];
  know: (run: Run) => void;
};

/** Facts of a run reach the bus once the run is known (`fakeRuns(timeline)` makes its runs known). */
export function fakeTimeline(bus: FakeBus = fakeBus(), outbox: FakeOutbox = fakeOutbox()): FakeTimeline {
  const events: RunEvent[] = [];
  const runs = new Map<string, Run>();
  return {
    bus,
    outbox,
    events,
    know: (run) => {
      runs.set(run.runId, run);
    },
    async record(event) {
      if (events.some(({ runId, key }) => runId === event.runId && key === event.key)) return;
      events.push(structuredClone(event));
      const run = runs.get(event.runId);
      const fact = run && factOfRunEvent(event, run);
      // A bus that fails now gets the fact from the outbox later; the event itself is recorded.
      if (fact !== undefined) await bus.publish([fact]).catch(() => outbox.hold(`${event.runId} ${event.key}`, fact));
    },
    async list(runId) {
      return inOrder(events.filter((event) => event.runId === runId));
    },
  };
}
