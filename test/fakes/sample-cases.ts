import type { Case } from '../../shared/domain/case.ts';
import type { CaseRules, CaseVersion } from '../../shared/domain/case-changes.ts';
import type { Look } from '../../shared/domain/case-looks.ts';
import type { MonitorWindow } from '../../shared/domain/monitor-window.ts';
import { endpointNameOf } from '../../shared/domain/names.ts';
import { COMMIT, NOON } from './sample-records.ts';

export const SUBJECT = { model: 'flight-delays', environment: 'prod', signal: 'drift' } as const;
export const LIVE: CaseVersion = { projectId: 17, runId: 'run-live', version: 7, commit: COMMIT };
export const RULES: CaseRules = { consecutive: 2, retrains: false };

const HOUR = 3_600_000;

/** The window of an hour that ends so many hours after noon. */
export function hourly(hour: number) {
  const to = Date.parse(NOON) + hour * HOUR;
  return { from: new Date(to - HOUR).toISOString(), to: new Date(to).toISOString() };
}

/** `'bbo'`: two breaches and a recovery, an hour each, from noon on; a dash is a window without enough data. */
export function looks(story: string, runId = LIVE.runId): Look[] {
  return [...story].flatMap((word, hour) =>
    word === '-' ? [] : [{ window: hourly(hour), breached: word === 'b', runId }],
  );
}

export function judgedWindow(hour: number, changes: Partial<MonitorWindow> = {}): MonitorWindow {
  const { model, environment } = SUBJECT;
  return {
    model,
    environment,
    variant: 'main',
    endpointName: endpointNameOf('test', model, environment),
    window: hourly(hour),
    runId: LIVE.runId,
    version: LIVE.version,
    status: 'judged',
    verdict: 'drifted',
    breached: true,
    rows: 1500,
    driftedShare: 0.4,
    topFeatures: [{ name: 'distance', score: 0.31, verdict: 'drifted' }],
    judgedAt: NOON,
    ...changes,
  };
}

export function sampleCase(changes: Partial<Case> = {}): Case {
  return {
    caseId: '9b8c7d6e5f4a30211203',
    ...SUBJECT,
    status: 'open',
    ...LIVE,
    openedAt: NOON,
    firstWindow: hourly(0),
    lastWindow: hourly(0),
    breaches: 1,
    recoveredInARow: 0,
    streak: { runId: LIVE.runId, breaches: 1 },
    notedBreaches: 0,
    retrainings: [],
    told: [],
    ...changes,
  };
}
