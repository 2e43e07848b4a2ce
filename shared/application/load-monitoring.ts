import type { Deployment } from '../domain/deployment.ts';
import { ContractBroken, DigestMismatch, NotFound } from '../domain/faults.ts';
import { type MonitoringHistory, type WatchedBy, watchedBy } from '../domain/monitoring-history.ts';
import type { Cases } from '../ports/cases.ts';
import type { Documents } from '../ports/documents.ts';
import type { LatencyReadings } from '../ports/latency-readings.ts';
import type { MonitorWindows } from '../ports/monitor-windows.ts';
import type { Runs } from '../ports/runs.ts';
import { readPolicy } from './read-run-documents.ts';

export type MonitoringSources = {
  runs: Pick<Runs, 'find'>;
  documents: Pick<Documents, 'read'>;
  monitorWindows: Pick<MonitorWindows, 'find' | 'list'>;
  latencyReadings: Pick<LatencyReadings, 'list'>;
  cases: Pick<Cases, 'listByModel'>;
};

/** As many as one can tell apart in a picture: two days of hourly windows, three days of readings. */
const WINDOWS = 48;
const READINGS = 72;

/** What the monitor saw of these environments of one model. */
export async function loadMonitoring(
  model: string,
  places: readonly { name: string; deployment: Deployment | undefined }[],
  sources: MonitoringSources,
): Promise<MonitoringHistory[]> {
  const cases = await sources.cases.listByModel(model);
  return Promise.all(
    places.map(async ({ name: environment, deployment }) => {
      const [watched, windows, readings] = await Promise.all([
        watchedAt(environment, deployment, sources),
        sources.monitorWindows.list(model, environment, WINDOWS),
        sources.latencyReadings.list(model, environment, READINGS),
      ]);
      const here = cases.filter((found) => found.environment === environment);
      return {
        ...{ model, environment, watched },
        windows: windows.toReversed(),
        readings: readings.toReversed(),
        cases: here.toSorted((a, b) => a.openedAt.localeCompare(b.openedAt)),
      };
    }),
  );
}

/** A page about what is live must not fail because an old document is gone. */
async function watchedAt(
  environment: string,
  deployment: Deployment | undefined,
  { runs, documents }: MonitoringSources,
): Promise<WatchedBy | undefined> {
  const live = deployment?.live;
  const run = live && (await runs.find(live.runId));
  if (live === undefined || run === undefined) return undefined;
  try {
    return watchedBy(await readPolicy(documents, run), environment, live.version);
  } catch (error) {
    if (error instanceof ContractBroken || error instanceof DigestMismatch || error instanceof NotFound)
      return undefined;
    throw error;
  }
}
