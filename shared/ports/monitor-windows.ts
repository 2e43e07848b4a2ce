import type { DocumentReference } from '../domain/identifiers.ts';
import type { Judgement, MonitorWindow, WindowKey } from '../domain/monitor-window.ts';
import type { Fact } from './bus.ts';

/** One row a window: five executions of one window leave one. The rules stand in domain/change-window.ts. */
export type MonitorWindows = {
  /** Records that the window is being worked on and returns what stands there: what was judged before stays. */
  claim(window: MonitorWindow): Promise<MonitorWindow>;
  find(key: WindowKey): Promise<MonitorWindow | undefined>;
  /** The first judgement holds; the row as it stands is returned. */
  finish(key: WindowKey, judgement: Judgement, now: string): Promise<MonitorWindow>;
  fail(key: WindowKey, reason: string): Promise<MonitorWindow>;
  addPage(key: WindowKey, page: DocumentReference): Promise<MonitorWindow>;
  /**
   * Does `publish` in the name of one execution and then marks the window as published, together with its fact, if there is one,
   * which is put on the bus once. `false`: another execution has done it or is at it.
   */
  publishOnce(
    key: WindowKey,
    by: string,
    now: () => string,
    publish: (window: MonitorWindow) => Promise<Fact | undefined>,
  ): Promise<boolean>;
  /** Newest first, by the window's end. */
  list(model: string, environment: string, limit: number): Promise<MonitorWindow[]>;
};
