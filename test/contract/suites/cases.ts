import { beforeEach, expect, it } from '@jest/globals';
import { type CaseRules, countLooks } from '../../../shared/domain/case-changes.ts';
import { withIssue } from '../../../shared/domain/case-duties.ts';
import { NotFound } from '../../../shared/domain/faults.ts';
import type { Cases, RetrainingLedgers } from '../../../shared/ports/cases.ts';
import type { FakeBus } from '../../fakes/bus.ts';
import { hourly, looks, sampleCase } from '../../fakes/sample-cases.ts';
import { NOON } from '../../fakes/sample-records.ts';
import { anyModel } from './any-names.ts';

type UnderTest = { cases: Cases; ledgers: RetrainingLedgers; bus: FakeBus };

/** What every `Cases` and `RetrainingLedgers` does. `bus` is the one that their facts go out on. */
export function casesContract(make: () => Promise<UnderTest>) {
  let cases: Cases;
  let ledgers: RetrainingLedgers;
  let bus: FakeBus;
  let model: string;

  beforeEach(async () => {
    ({ cases, ledgers, bus } = await make());
    model = anyModel();
  });

  const rules: CaseRules = { consecutive: 1, retrains: false };
  const caseOf = (number: number, changes: Parameters<typeof sampleCase>[0] = {}) =>
    sampleCase({
      model,
      caseId: String(number).repeat(20),
      openedAt: hourly(number).to,
      ...changes,
    });
  const subject = () => ({ model, environment: 'prod', signal: 'drift' as const });
  const factsOf = (detailType: string) =>
    bus.facts.filter((fact) => fact.detailType === detailType && fact.detail.model === model);
  const close = () => (current: ReturnType<typeof sampleCase>) => countLooks(current, looks('bo'), rules, NOON);

  it('knows no case where none was opened', async () => {
    expect(await cases.newest(subject())).toBeUndefined();
    expect(await cases.listByModel(model)).toEqual([]);
    expect(await cases.ofIssue(17, 404_404)).toBeUndefined();
    await expect(cases.change(caseOf(1), (current) => current)).rejects.toThrow(NotFound);
  });

  it('opens one case, however many try at the same time, and tells of it once', async () => {
    const opened = await Promise.all([1, 2, 3, 4, 5].map((number) => cases.open(caseOf(number), undefined)));
    const [first] = opened;
    expect(new Set(opened.map(({ caseId }) => caseId)).size).toBe(1);
    expect(await cases.listByModel(model)).toEqual([first]);
    expect(await cases.newest(subject())).toEqual(first);
    expect(factsOf('CaseOpened.v1')).toHaveLength(1);
  });

  it('opens the next one after the former, and not beside a newer one', async () => {
    await cases.open(caseOf(1), undefined);
    await cases.change(caseOf(1), close());
    expect((await cases.open(caseOf(2), caseOf(1).caseId)).caseId).toBe(caseOf(2).caseId);
    expect((await cases.open(caseOf(3), caseOf(1).caseId)).caseId).toBe(caseOf(2).caseId);
    expect((await cases.newest(subject()))?.caseId).toBe(caseOf(2).caseId);
    expect(await cases.listByModel(model)).toHaveLength(2);
  });

  it('keeps signals and environments apart', async () => {
    await cases.open(caseOf(1), undefined);
    await cases.open(caseOf(2, { signal: 'latency' }), undefined);
    await cases.open(caseOf(3, { environment: 'qa' }), undefined);
    expect((await cases.newest(subject()))?.caseId).toBe(caseOf(1).caseId);
    expect((await cases.newest({ ...subject(), signal: 'latency' }))?.caseId).toBe(caseOf(2).caseId);
  });

  it('loses no change of several at the same time', async () => {
    await cases.open(caseOf(1), undefined);
    await Promise.all(
      [1, 2, 3, 4].map((number) =>
        cases.change(caseOf(1), (current) => ({ ...current, told: [...current.told, `note-${number}`] })),
      ),
    );
    expect((await cases.newest(subject()))?.told).toHaveLength(4);
  });

  it('tells once that it was closed, and how', async () => {
    await cases.open(caseOf(1), undefined);
    await Promise.all([1, 2, 3].map(() => cases.change(caseOf(1), close())));
    expect(factsOf('CaseClosed.v1')).toMatchObject([{ detail: { closedBy: 'recovery', caseId: caseOf(1).caseId } }]);
  });

  it('tells once per window that a retraining is due', async () => {
    await cases.open(caseOf(1), undefined);
    const breach = (story: string) =>
      cases.change(caseOf(1), (current) => countLooks(current, looks(story), { ...rules, retrains: true }, NOON));
    await Promise.all([breach('bb'), breach('bb')]);
    await breach('bbb');
    expect(factsOf('RetrainingDue.v1').map(({ detail }) => detail.windowTo)).toEqual([hourly(1).to, hourly(2).to]);
  });

  it('is found by its issue', async () => {
    const iid = Math.floor(Math.random() * 1_000_000_000);
    await cases.open(caseOf(1), undefined);
    const webUrl = `https://gitlab.example.com/issues/${iid}`;
    const changed = await cases.change(caseOf(1), (current) => withIssue(current, { iid, webUrl }, NOON));
    expect(await cases.ofIssue(17, iid)).toEqual(changed);
    expect(await cases.ofIssue(18, iid)).toBeUndefined();
  });

  it('grants retrainings one at a time', async () => {
    const limits = { cooldown: 'P1D', maxPerWeek: 3 };
    const answers = await Promise.all(
      [1, 2, 3].map((number) => ledgers.reserve(model, { runId: `run-${number}`, at: NOON }, limits)),
    );
    expect(answers.map(({ outcome }) => outcome).sort()).toEqual(['granted', 'not-yet', 'not-yet']);
    const again = await Promise.all(
      [1, 2, 3].map((number) => ledgers.reserve(model, { runId: `run-${number}`, at: NOON }, limits)),
    );
    expect(again).toEqual(answers);
  });
}
