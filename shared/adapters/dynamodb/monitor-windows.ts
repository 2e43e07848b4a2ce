import {
  addPage,
  beginPublication,
  claimWindow,
  concludePublication,
  concludeWindow,
  failWindow,
  isPublishedBy,
} from '../../domain/change-window.ts';
import { MonitorWindow, type WindowKey } from '../../domain/monitor-window.ts';
import type { Bus, Fact } from '../../ports/bus.ts';
import type { MonitorWindows } from '../../ports/monitor-windows.ts';
import { outboxAttributes, publishStored } from './outbox.ts';
import { revise } from './revise.ts';
import { entityOf } from './stored-entity.ts';
import { type Key, openTable } from './table.ts';

/** A year and a month of history: this time last year can be looked at. */
const KEPT_DAYS = 400;
const DAY_SECONDS = 86_400;

/** Sorted by the window's end, so that the newest are read first. */
function keyOf({ model, environment, variant, window }: WindowKey): Key {
  return { pk: `MODEL#${model}`, sk: `WINDOW#${environment}#${window.to}#${window.from}#${variant}` };
}

export function dynamodbMonitorWindows({ table: name, bus }: { table: string; bus: Bus }): MonitorWindows {
  const table = openTable(name);

  const change = (
    which: WindowKey,
    changed: (current: MonitorWindow | undefined) => MonitorWindow,
    fact?: Fact,
  ): Promise<MonitorWindow> => {
    const key = keyOf(which);
    const ttl = Math.ceil(Date.parse(which.window.to) / 1000) + KEPT_DAYS * DAY_SECONDS;
    return revise(table, key, MonitorWindow, changed, () => ({ ttl, ...(fact && outboxAttributes(key, fact)) }));
  };

  return {
    claim: (window) => change(window, (current) => claimWindow(current, window)),
    async find(which) {
      const item = await table.get(keyOf(which));
      return item && entityOf(MonitorWindow, item);
    },
    finish: (which, judgement, now) => change(which, (current) => concludeWindow(current, judgement, now)),
    fail: (which, reason) => change(which, (current) => failWindow(current, reason)),
    addPage: (which, page) => change(which, (current) => addPage(current, page)),
    async publishOnce(which, by, now, publish) {
      const begun = await change(which, (current) => beginPublication(current, by, now()));
      if (begun.publishedAt !== undefined || !isPublishedBy(begun, by)) return false;
      const fact = await publish(begun);
      const concluded = await change(which, (current) => concludePublication(current, by, now()), fact);
      if (!isPublishedBy(concluded, by)) return false;
      if (fact !== undefined) await publishStored(table, bus, keyOf(which), fact);
      return true;
    },
    async list(model, environment, limit) {
      const items = await table.queryPartition(`MODEL#${model}`, `WINDOW#${environment}#`, {
        newestFirst: true,
        limit,
      });
      return items.map((item) => entityOf(MonitorWindow, item));
    },
  };
}
