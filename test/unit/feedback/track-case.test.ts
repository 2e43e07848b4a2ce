import { beforeEach, describe, expect, it } from '@jest/globals';
import { step, type TrackCaseDeps } from '../../../functions/feedback/track-case.ts';
import { obeyNote } from '../../../shared/application/obey-note.ts';
import { settleIssue } from '../../../shared/application/settle-issue.ts';
import { ContractBroken, ServiceUnavailable, WriteConflict } from '../../../shared/domain/faults.ts';
import type { MonitorWindow } from '../../../shared/domain/monitor-window.ts';
import { Policy } from '../../../shared/domain/policy.ts';
import { acceptedRun, DATA_URI } from '../../fakes/accepted-run.ts';
import { fakeCases } from '../../fakes/cases.ts';
import { BOT, fakeIssues, fakeIssueThreads, fakeMemberships } from '../../fakes/gitlab.ts';
import { fakeMonitorWindows } from '../../fakes/monitor-windows.ts';
import { fakeOnboarding } from '../../fakes/onboarding.ts';
import { fakeRuns } from '../../fakes/runs.ts';
import { hourly, judgedWindow, SUBJECT } from '../../fakes/sample-cases.ts';
import { NOON, sampleOnboarding } from '../../fakes/sample-records.ts';

const HOUR = 3_600_000;
const dana = { id: 2, username: 'dana', name: 'Dana Scientist' };
const PLANTED = 'captured-secret-value';

function policyWith(changes: object = {}): Policy {
  return Policy.parse({
    apiVersion: 'mlops/v1',
    model: 'flight-delays',
    data: [{ name: 'flights', uri: DATA_URI }],
    pipeline: {},
    evaluation: { gates: [{ metric: 'auc', min: 0.7 }] },
    approval: { stewards: { group: 'ml-stewards' } },
    environments: [{ name: 'prod', instanceType: 'ml.m5.large', capture: { percent: 100 } }],
    smokeTest: {},
    monitoring: { drift: { alert: { consecutive: 2 } } },
    ...changes,
  });
}

async function makeWorld(policy = policyWith()) {
  let now = NOON;
  let ids = 0;
  const runs = fakeRuns();
  const { run, documents } = await acceptedRun({ status: 'live' }, policy);
  runs.put(run);
  const cases = fakeCases(undefined, () => now);
  const windows = fakeMonitorWindows();
  const threads = fakeIssueThreads();
  const issues = fakeIssues();
  const memberships = fakeMemberships({
    projects: { 17: { [dana.id]: 30, 7: 20 } },
    groups: { 'ml-on-call': { 8: 30 } },
  });
  const deps: TrackCaseDeps = {
    cases,
    windows,
    documents,
    runs,
    threads,
    issues,
    publicUrl: 'https://mlops.example.com',
    newId: () => `worker-${++ids}`,
    now: () => now,
  };
  const report = await documents.write('documents/report.json', '{}', 'application/json');
  const page = await documents.write('documents/report.html', '<p>', 'text/html');
  const track = (hour: number) => step.run({ ...SUBJECT, window: hourly(hour) }, deps);
  return {
    ...deps,
    cases,
    threads,
    issues,
    memberships,
    windows,
    run,
    runs,
    track,
    onboarding: fakeOnboarding(sampleOnboarding()),
    goTo: (hour: number) => {
      now = new Date(Date.parse(NOON) + hour * HOUR).toISOString();
    },
    /** A judged window of that hour, seen by the workflow. */
    see: (hour: number, changes: Partial<MonitorWindow> = {}) => {
      now = new Date(Date.parse(NOON) + hour * HOUR + 60_000).toISOString();
      windows.put(judgedWindow(hour, { runId: run.runId, report, page, ...changes }));
      return track(hour);
    },
    notes: () => threads.notes.map(({ body }) => body),
  };
}

const OK = { verdict: 'ok' as const, breached: false };
let world: Awaited<ReturnType<typeof makeWorld>>;

beforeEach(async () => {
  world = await makeWorld();
});

describe('tracking a case', () => {
  it('opens one issue at the second breach in a row, with what is needed to act', async () => {
    expect(await world.see(0)).toEqual({ outcome: 'none' });
    expect(await world.see(1)).toMatchObject({ outcome: 'opened' });
    const [issue] = world.issues.opened;
    expect(world.issues.opened).toHaveLength(1);
    expect(issue).toMatchObject({ labels: ['model-feedback'], title: 'flight-delays in prod drifts (version 7)' });
    for (const part of [
      'Mon 23 Nov 2026 11:00 UTC',
      'distance',
      '/windows/2026-11-23T13%3A00%3A00.000Z/',
      '[report.html](/uploads/',
      '[report.json](/uploads/',
      world.run.commit,
      'rollback --model flight-delays --environment prod',
      '/mlops snooze 3d',
    ])
      expect(issue?.description).toContain(part);
  });

  it('opens one issue and one case for five executions at once', async () => {
    await world.see(0);
    world.windows.put(judgedWindow(1, { runId: world.run.runId }));
    const tries = await Promise.allSettled([1, 2, 3, 4, 5].map(() => world.track(1)));
    const refused = tries.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    for (const reason of refused) expect(reason).toBeInstanceOf(WriteConflict);
    for (const _ of refused) expect(await world.track(1)).toMatchObject({ outcome: 'open' });
    expect(world.issues.opened).toHaveLength(1);
    expect(world.cases.all()).toMatchObject([{ issue: { iid: 1 }, breaches: 2 }]);
    expect(world.cases.all()[0]).not.toHaveProperty('worker');
  });

  it('goes on where a failure of GitLab cut it off', async () => {
    await world.see(0);
    const openOnce = world.issues.openOnce;
    world.issues.openOnce = async () => {
      throw new ServiceUnavailable('GitLab answered 502.');
    };
    await expect(world.see(1)).rejects.toThrow(ServiceUnavailable);
    expect(world.cases.all()).toMatchObject([{ status: 'open' }]);
    world.issues.openOnce = openOnce;
    expect(await world.track(1)).toMatchObject({ outcome: 'open' });
    expect(world.issues.opened).toHaveLength(1);
  });

  it('adds one note a day, and closes issue and case after two recovered windows', async () => {
    for (const hour of [0, 1, 2, 3]) await world.see(hour);
    expect(world.notes()).toEqual([]);
    for (const hour of [24, 25, 26]) await world.see(hour);
    expect(world.notes()).toHaveLength(1);
    expect(world.notes()[0]).toContain('It goes on: 5 breaches by now');
    expect(await world.see(27, OK)).toMatchObject({ outcome: 'open' });
    expect(await world.see(28, OK)).toMatchObject({ outcome: 'closed' });
    expect(world.notes().at(-1)).toContain('Recovered: 2 windows in a row');
    expect(world.threads.closed.get(1)).toEqual(BOT);
    expect(await world.see(29, OK)).toEqual({ outcome: 'none' });
    expect(world.notes()).toHaveLength(2);
    expect(world.cases.bus.facts.map(({ detailType }) => detailType)).toEqual(['CaseOpened.v1', 'CaseClosed.v1']);
  });

  it('opens a second case after the first', async () => {
    for (const hour of [0, 1]) await world.see(hour);
    for (const hour of [2, 3]) await world.see(hour, OK);
    expect(await world.see(4)).toEqual({ outcome: 'none' });
    expect(await world.see(5)).toMatchObject({ outcome: 'opened' });
    expect(world.issues.opened).toHaveLength(2);
  });

  it('opens none where the policy watches no drift, and refuses a window that was not judged', async () => {
    const unwatched = await makeWorld(policyWith({ monitoring: undefined }));
    await unwatched.see(0);
    expect(await unwatched.see(1)).toEqual({ outcome: 'none' });
    await expect(world.track(9)).rejects.toThrow(ContractBroken);
  });

  it('goes on without an issue that is gone', async () => {
    for (const hour of [0, 1]) await world.see(hour);
    world.threads.gone.add(1);
    expect(await world.see(25)).toMatchObject({ outcome: 'open' });
    for (const hour of [26, 27]) await world.see(hour, OK);
    expect(world.cases.all()).toMatchObject([{ status: 'closed' }]);
  });

  it('tells of a retraining that failed', async () => {
    for (const hour of [0, 1]) await world.see(hour);
    const [opened] = world.cases.all();
    if (opened === undefined) throw new Error('no case');
    const failed = { ...world.run, runId: 'a'.repeat(20), status: 'routed-back' as const, reasons: ['auc is 0.61.'] };
    world.runs.put(failed);
    await world.cases.change(opened, (current) => ({
      ...current,
      retrainings: [{ runId: failed.runId, startedAt: NOON }],
    }));
    await world.see(2);
    await world.see(3);
    expect(world.notes().filter((note) => note.includes('did not go live (routed-back). auc is 0.61.'))).toHaveLength(
      1,
    );
  });

  it('writes nothing that was captured to issue, note or fact', async () => {
    const secret = { reason: PLANTED, topUnseen: [PLANTED] };
    for (const hour of [0, 1, 25]) await world.see(hour, secret);
    for (const hour of [26, 27]) await world.see(hour, { ...OK, ...secret });
    const all = [world.issues.opened, world.threads.notes, world.cases.bus.facts, world.cases.all()];
    expect(world.threads.notes.length).toBeGreaterThan(1);
    expect(JSON.stringify(all)).not.toContain(PLANTED);
  });
});

describe('an issue that a person closes', () => {
  const closing = { deliveryId: 'd-1', occurredAt: NOON, projectId: 17, iid: 1, action: 'close' as const };

  it('closes the case, and a new breach opens another', async () => {
    for (const hour of [0, 1]) await world.see(hour);
    world.threads.closeAs(1, dana);
    expect(await settleIssue(closing, world)).toBe('closed');
    expect(await settleIssue(closing, world)).toBe('nothing-new');
    expect(world.cases.all()).toMatchObject([{ status: 'closed', closedBy: { kind: 'person', user: dana } }]);
    expect(await world.track(1)).toEqual({ outcome: 'none' });
    await world.see(2);
    expect(await world.see(3)).toMatchObject({ outcome: 'opened' });
  });

  it('is not believed where GitLab says that the issue is open, and of no case nothing is asked', async () => {
    for (const hour of [0, 1]) await world.see(hour);
    expect(await settleIssue(closing, world)).toBe('nothing-new');
    expect(await settleIssue({ ...closing, iid: 9 }, world)).toBe('no-case');
  });

  it('is no person’s doing where we closed it', async () => {
    for (const hour of [0, 1]) await world.see(hour);
    for (const hour of [2, 3]) await world.see(hour, OK);
    expect(await settleIssue(closing, world)).toBe('nothing-new');
    expect(world.cases.all()).toMatchObject([{ closedBy: { kind: 'recovery' } }]);
  });

  it('brings nothing back when it is reopened, and says so once per time', async () => {
    for (const hour of [0, 1]) await world.see(hour);
    world.threads.closeAs(1, dana);
    await settleIssue(closing, world);
    world.threads.reopen(1);
    const reopening = { ...closing, deliveryId: 'd-2', action: 'reopen' as const };
    expect(await settleIssue(reopening, world)).toBe('reopened');
    await settleIssue(reopening, world);
    expect(world.notes().filter((note) => note.includes('stays so'))).toHaveLength(1);
    expect(world.cases.all()).toMatchObject([{ status: 'closed' }]);
  });
});

describe('a command under the issue', () => {
  const say = async (body: string, author = dana) => {
    const noteId = world.threads.say(1, author, body, NOON);
    return obeyNote({ deliveryId: `d-${noteId}`, occurredAt: NOON, projectId: 17, iid: 1, noteId }, world);
  };

  beforeEach(async () => {
    for (const hour of [0, 1]) await world.see(hour);
  });

  it('silences: no note, and no new case before it is over', async () => {
    expect(await say('/mlops snooze 2d')).toBe('snoozed');
    expect(world.notes().at(-1)).toContain('Silent until Wed 25 Nov 2026 12:00 UTC');
    const count = world.notes().length;
    expect(await world.see(25)).toMatchObject({ outcome: 'silenced' });
    expect(world.notes()).toHaveLength(count);
    await world.see(49);
    expect(world.notes().at(-1)).toContain('It goes on');
  });

  it('holds beyond the end of the case', async () => {
    await say('/mlops snooze 2d');
    for (const hour of [2, 3]) await world.see(hour, OK);
    expect(world.threads.closed.has(1)).toBe(true);
    await world.see(4);
    expect(await world.see(5)).toMatchObject({ outcome: 'silenced' });
    expect(await world.see(48)).toMatchObject({ outcome: 'opened' });
  });

  it('is taken from Developers and on-call, and from nobody else', async () => {
    expect(await say('/mlops snooze 1h', { id: 8, username: 'onno', name: 'Onno' })).toBe('snoozed');
    expect(await say('/mlops snooze 1h', { id: 7, username: 'rita', name: 'Rita Reporter' })).toBe('not-allowed');
    expect(world.notes().at(-1)).toContain('may not silence');
    expect(await say('/mlops snooze 1h', { id: 66, username: 'eve', name: 'Eve' })).toBe('not-allowed');
  });

  it('that is not understood is answered once with what to write; our own notes are ignored', async () => {
    expect(await say('/mlops snooze forever')).toBe('not-understood');
    expect(world.notes().at(-1)).toContain('/mlops snooze 3d');
    expect(await say('/mlops snooze 3d', BOT)).toBe('no-command');
    expect(await say('Thanks!')).toBe('no-command');
    expect(world.cases.all()[0]).not.toHaveProperty('snoozedUntil');
  });
});
