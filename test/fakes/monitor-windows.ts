import {
  addPage,
  beginPublication,
  claimWindow,
  concludePublication,
  concludeWindow,
  failWindow,
  isPublishedBy,
} from '../../shared/domain/change-window.ts';
import type { MonitorWindow, WindowKey } from '../../shared/domain/monitor-window.ts';
import type { Bus } from '../../shared/ports/bus.ts';
import type { MonitorWindows } from '../../shared/ports/monitor-windows.ts';
import { fakeBus } from './bus.ts';

export type FakeMonitorWindows = MonitorWindows & { put: (window: MonitorWindow) => MonitorWindow };

/** `put` places a row as it stands. */
export function fakeMonitorWindows(bus: Bus = fakeBus()): FakeMonitorWindows {
  const rows = new Map<string, MonitorWindow>();
  const keyOf = ({ model, environment, variant, window }: WindowKey) =>
    `${model}#${environment}#${window.to}#${window.from}#${variant}`;

  async function change(which: WindowKey, changed: (current: MonitorWindow | undefined) => MonitorWindow) {
    const next = changed(structuredClone(rows.get(keyOf(which))));
    rows.set(keyOf(which), structuredClone(next));
    return next;
  }

  return {
    put(window) {
      rows.set(keyOf(window), structuredClone(window));
      return window;
    },
    claim: (window) => change(window, (current) => claimWindow(current, window)),
    find: async (which) => structuredClone(rows.get(keyOf(which))),
    finish: (which, judgement, now) => change(which, (current) => concludeWindow(current, judgement, now)),
    fail: (which, reason) => change(which, (current) => failWindow(current, reason)),
    addPage: (which, page) => change(which, (current) => addPage(current, page)),
    async publishOnce(which, by, now, publish) {
      const begun = await change(which, (current) => beginPublication(current, by, now()));
      if (begun.publishedAt !== undefined || !isPublishedBy(begun, by)) return false;
      const fact = await publish(begun);
      const concluded = await change(which, (current) => concludePublication(current, by, now()));
      if (!isPublishedBy(concluded, by)) return false;
      if (fact !== undefined) await bus.publish([fact]);
      return true;
    },
    async list(model, environment, limit) {
      return [...rows.entries()]
        .filter(([, row]) => row.model === model && row.environment === environment)
        .sort(([a], [b]) => (a < b ? 1 : -1))
        .slice(0, limit)
        .map(([, row]) => structuredClone(row));
    },
  };
}
