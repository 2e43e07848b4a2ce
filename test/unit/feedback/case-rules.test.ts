import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Case } from '../../../shared/domain/case.ts';
import {
  addRetraining,
  closeByPerson,
  countLooks,
  endRetraining,
  openedCase,
  snooze,
  wantsRetraining,
} from '../../../shared/domain/case-changes.ts';
import { readCommand } from '../../../shared/domain/case-command.ts';
import { dutiesOf, fulfilled, withIssue } from '../../../shared/domain/case-duties.ts';
import { type Look, looksOf } from '../../../shared/domain/case-looks.ts';
import { grantRetraining, NO_RETRAININGS } from '../../../shared/domain/grant-retraining.ts';
import { PipelineDefinition } from '../../../shared/domain/pipeline-definition.ts';
import { stripCaching } from '../../../shared/domain/strip-caching.ts';
import { hourly, judgedWindow, LIVE, looks, RULES, SUBJECT, sampleCase } from '../../fakes/sample-cases.ts';
import { NOON } from '../../fakes/sample-records.ts';
import '../../harness/repeatable-properties.ts';

const person = { id: 4, username: 'dana', name: 'Dana' };
const open = (story: string, former?: Case, consecutive = 2, now = NOON) =>
  openedCase(SUBJECT, looks(story), former, { ...RULES, consecutive }, LIVE, now);
const later = (hours: number) => new Date(Date.parse(NOON) + hours * 3_600_000).toISOString();

describe('a case', () => {
  it.each([
    ['b', 1, true],
    ['b', 2, false],
    ['bb', 2, true],
    ['bob', 2, false],
    ['bbo', 2, false],
    ['b-b', 2, true],
    ['obbb', 3, true],
    ['', 1, false],
  ])('after %s with %i in a row: opened is %s', (story, consecutive, isOpened) => {
    expect(open(story, undefined, consecutive) !== undefined).toBe(isOpened);
  });

  it('remembers where the breaches began, and how many there were', () => {
    expect(open('obbb')).toMatchObject({ firstWindow: hourly(1), lastWindow: hourly(3), breaches: 3, version: 7 });
  });

  it('has the same id for all who see the same first window', () => {
    expect(open('bb')?.caseId).toBe(open('bbb')?.caseId);
    expect(open('obb')?.caseId).not.toBe(open('bb')?.caseId);
  });

  it('is not opened again by windows that the former one has counted', () => {
    const former = sampleCase({ status: 'closed', lastWindow: hourly(3) });
    expect(open('bbbb', former)).toBeUndefined();
    expect(open('bbbbb', former)).toBeUndefined();
    expect(open('bbbbbb', former)).toMatchObject({ firstWindow: hourly(4) });
  });

  it('is not opened while the former one is silenced', () => {
    const former = sampleCase({ status: 'closed', snoozedUntil: later(10) });
    expect(open('bbbb', former)).toBeUndefined();
    expect(open('bbbb', former, 2, later(10))).toBeDefined();
  });

  it('closes after as many recoveries in a row as breaches open it', () => {
    const begun = sampleCase();
    expect(countLooks(begun, looks('bo'), RULES, NOON)).toMatchObject({ status: 'open', recoveredInARow: 1 });
    expect(countLooks(begun, looks('bobo'), RULES, NOON)).toMatchObject({ status: 'open', breaches: 2 });
    expect(countLooks(begun, looks('bo-o'), RULES, NOON)).toMatchObject({
      status: 'closed',
      closedBy: { kind: 'recovery' },
      lastWindow: hourly(3),
    });
  });

  it('counts a warning as recovered, and too little data as nothing', () => {
    const windows = [
      judgedWindow(2, { verdict: 'warning', breached: false }),
      judgedWindow(1, { verdict: 'insufficient-data', breached: false }),
      judgedWindow(3, { status: 'failed' }),
      judgedWindow(0),
    ];
    expect(looksOf(windows).map(({ breached }) => breached)).toEqual([true, false]);
  });

  it('stays closed by whoever closed it first', () => {
    const closed = closeByPerson(sampleCase(), person, NOON);
    expect(closed).toMatchObject({ status: 'closed', closedBy: { kind: 'person', user: person } });
    expect(closeByPerson(closed, { ...person, id: 5 }, later(1))).toBe(closed);
    expect(countLooks(closed, looks('boooo'), RULES, NOON)).toBe(closed);
  });
});

describe('counting', () => {
  const stories = fc.string({ unit: fc.constantFrom('b', 'o', '-'), minLength: 1, maxLength: 12 });
  const count = (current: Case, story: readonly Look[]) => countLooks(current, story, RULES, NOON);

  it('gives the same however often windows are looked at, and whoever comes late with an older list', () => {
    fc.assert(
      fc.property(stories, fc.array(fc.nat(12), { maxLength: 20 }), (story, cuts) => {
        const all = looks(`b${story}`);
        const repeated = [...cuts, all.length].reduce(
          (current, cut) => count(current, all.slice(0, cut)),
          sampleCase(),
        );
        expect(repeated).toEqual(count(sampleCase(), all));
      }),
    );
  });

  it('commutes with silence, and newer notes hold in whatever order they are heard', () => {
    const notes = fc.uniqueArray(
      fc.record({ noteId: fc.integer({ min: 1, max: 9 }), hours: fc.integer({ min: 1, max: 90 }) }),
      {
        selector: ({ noteId }) => noteId,
        minLength: 1,
      },
    );
    const apply = (current: Case, { noteId, hours }: { noteId: number; hours: number }) =>
      snooze(current, { noteId, user: person }, later(hours));
    fc.assert(
      fc.property(stories, notes, (story, given) => {
        const all = looks(`b${story}`);
        const before = count(given.reduce(apply, sampleCase()), all);
        const after = [...given, ...given].reverse().reduce(apply, count(sampleCase(), all));
        expect(before).toEqual(after);
      }),
    );
  });
});

describe('a retraining', () => {
  const retrains = { ...RULES, retrains: true };
  const started = (runId: string) => ({ runId, startedAt: NOON, dataDigest: 'd'.repeat(64) });

  it('is wanted by the newest breach, until it is decided', () => {
    const current = countLooks(sampleCase(), looks('bb'), retrains, NOON);
    expect(wantsRetraining(current, hourly(1).to, NOON)).toBe(true);
    expect(wantsRetraining(current, hourly(0).to, NOON)).toBe(false);
    const decided = addRetraining(current, started('run-2'), hourly(1).to);
    expect(wantsRetraining(decided, hourly(1).to, NOON)).toBe(false);
    expect(wantsRetraining(countLooks(decided, looks('bbb'), retrains, NOON), hourly(2).to, NOON)).toBe(true);
  });

  it('is not wanted in silence, nor by a policy without retraining', () => {
    const silent = snooze(sampleCase(), { noteId: 1, user: person }, later(5));
    expect(countLooks(silent, looks('bb'), retrains, NOON).retrainingWanted).toBeUndefined();
    expect(countLooks(sampleCase(), looks('bb'), RULES, NOON).retrainingWanted).toBeUndefined();
  });

  it('that does not help stops all further ones', () => {
    const current = addRetraining(sampleCase(), started('run-2'), hourly(0).to);
    const goesOn = (count: number) => [...looks('b'), ...looks(`-${'b'.repeat(count)}`, 'run-2')];
    expect(countLooks(current, goesOn(1), retrains, NOON).retrainingStopped).toBeUndefined();
    const stopped = countLooks(current, goesOn(2), retrains, NOON);
    expect(stopped.retrainingStopped).toContain('does not help');
    expect(stopped.retrainingWanted).not.toBe(hourly(2).to);
    expect(wantsRetraining(stopped, stopped.retrainingWanted ?? '', NOON)).toBe(false);
  });

  it('is not blamed for what another version does', () => {
    const current = addRetraining(sampleCase(), started('run-2'), hourly(0).to);
    expect(countLooks(current, looks('bbbb', 'run-3'), retrains, NOON).retrainingStopped).toBeUndefined();
  });

  it('ends once', () => {
    const current = addRetraining(sampleCase(), started('run-2'), hourly(0).to);
    const ended = endRetraining(current, { runId: 'run-2', status: 'routed-back', reasons: ['auc 0.6'] });
    expect(ended.retrainings).toMatchObject([{ end: { status: 'routed-back', reason: 'auc 0.6' } }]);
    expect(endRetraining(ended, { runId: 'run-2', status: 'live', reasons: [] })).toBe(ended);
    expect(endRetraining(ended, { runId: 'run-9', status: 'live', reasons: [] })).toBe(ended);
  });

  const limits = { cooldown: 'P1D', maxPerWeek: 3 };
  const ledgerAt = (...hours: number[]) => ({
    starts: hours.map((hour) => ({ runId: `run-${hour}`, at: later(hour) })),
  });
  const grantAt = (hour: number, ...former: number[]) =>
    grantRetraining(ledgerAt(...former), { runId: 'new', at: later(hour) }, limits).grant;

  it('waits for the cool-down and keeps to the weekly cap', () => {
    expect(grantRetraining(NO_RETRAININGS, { runId: 'new', at: NOON }, limits).grant).toEqual({ outcome: 'granted' });
    expect(grantAt(23, 0)).toMatchObject({ outcome: 'not-yet', until: later(24) });
    expect(grantAt(24, 0)).toEqual({ outcome: 'granted' });
    expect(grantAt(100, 0, 30, 60)).toMatchObject({
      outcome: 'not-yet',
      until: later(168),
      why: expect.stringContaining('week'),
    });
    expect(grantAt(168, 0, 30, 60)).toEqual({ outcome: 'granted' });
  });

  it('is never granted more often than the cap in any week, nor sooner than the cool-down', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 60 }), (steps) => {
        let [ledger, hour] = [NO_RETRAININGS, 0];
        const granted: number[] = [];
        for (const [index, step] of steps.entries()) {
          hour += step;
          const answer = grantRetraining(ledger, { runId: `run-${index}`, at: later(hour) }, limits);
          ledger = answer.ledger;
          if (answer.grant.outcome === 'granted') granted.push(hour);
        }
        for (const [index, at] of granted.entries()) {
          const [former, third] = [granted[index - 1], granted[index - limits.maxPerWeek]];
          if (former !== undefined) expect(at - former).toBeGreaterThanOrEqual(24);
          if (third !== undefined) expect(at - third).toBeGreaterThanOrEqual(168);
        }
      }),
    );
  });

  it('asked for again for the same run is the same grant', () => {
    const { ledger } = grantRetraining(NO_RETRAININGS, { runId: 'new', at: NOON }, limits);
    expect(grantRetraining(ledger, { runId: 'new', at: later(1) }, limits)).toEqual({
      ledger,
      grant: { outcome: 'granted' },
    });
  });

  it('computes everything anew: no step keeps its cache', () => {
    const job = { Name: 'Train', Type: 'Training', Arguments: {}, CacheConfig: { Enabled: true, ExpireAfter: 'P30d' } };
    const definition = PipelineDefinition.parse({
      Version: '2020-12-01',
      Steps: [
        job,
        {
          Name: 'IsIt',
          Type: 'Condition',
          Arguments: { Conditions: [{ Type: 'Equals' }], IfSteps: [job], ElseSteps: [] },
        },
      ],
    });
    expect(JSON.stringify(definition)).toContain('CacheConfig');
    expect(JSON.stringify(stripCaching(definition))).not.toContain('CacheConfig');
  });
});

describe('what GitLab is told', () => {
  const issue = { iid: 3, webUrl: 'https://gitlab.example.com/issues/3' };
  const kinds = (current: Case, now = NOON) => dutiesOf(current, now).map(({ kind }) => kind);

  it('begins with the issue', () => {
    expect(kinds(sampleCase())).toEqual(['open-issue']);
    expect(kinds(sampleCase({ status: 'closed' }))).toEqual([]);
  });

  it('is one note a day about further breaches', () => {
    const told = withIssue(sampleCase(), issue, NOON);
    expect(kinds(told)).toEqual([]);
    const more = countLooks(told, looks('bbb'), RULES, NOON);
    expect(kinds(more)).toEqual([]);
    expect(kinds(more, later(24))).toEqual(['tell-breaches']);
    const [duty] = dutiesOf(more, later(24));
    if (duty === undefined || duty.kind === 'open-issue') throw new Error('no note');
    expect(kinds(fulfilled(more, duty, later(24)), later(25))).toEqual([]);
    expect(kinds(fulfilled(more, duty, later(24)), later(48))).toEqual([]);
  });

  it('is nothing in silence, and yet the end', () => {
    const told = withIssue(sampleCase(), issue, NOON);
    const silent = snooze(countLooks(told, looks('bbb'), RULES, NOON), { noteId: 1, user: person }, later(72));
    expect(kinds(silent, later(30))).toEqual([]);
    expect(kinds(silent, later(72))).toEqual(['tell-breaches']);
    expect(kinds(countLooks(silent, looks('bbboo'), RULES, NOON), later(30))).toEqual(['close-issue']);
  });

  it('is nothing more where a person closed the issue', () => {
    expect(kinds(closeByPerson(withIssue(sampleCase(), issue, NOON), person, NOON))).toEqual([]);
  });
});

describe('a command', () => {
  const day = 86_400_000;
  it.each([
    ['/mlops snooze 3d', 3 * day],
    ['Known, we wait for the vendor.\n/mlops snooze 2w\nThanks', 14 * day],
    ['/MLOPS Snooze 12H', day / 2],
    ['/mlops snooze 30d', 30 * day],
  ])('%j silences', (note, milliseconds) => {
    expect(readCommand(note)).toEqual({ kind: 'snooze', milliseconds });
  });

  it.each([
    '/mlops',
    '/mlops snooze',
    '/mlops snooze 31d',
    '/mlops snooze 0h',
    '/mlops snooze 3 d',
    '/mlops snooze -1d',
    '/mlops close',
  ])('%j is answered with what to write', (note) => {
    expect(readCommand(note).kind).toBe('not-understood');
  });

  it.each([
    'Try `/mlops snooze 3d`.',
    'see a/mlops snooze 3d',
    '/mlopsnooze 3d',
    '    /mlops snooze 3d',
    '',
  ])('%j is none', (note) => {
    expect(readCommand(note)).toEqual({ kind: 'none' });
  });
});
