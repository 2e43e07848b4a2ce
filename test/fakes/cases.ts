import { factsOfCase } from '../../events/contracts/facts-of-case.ts';
import type { Case, CaseKey, CaseSubject } from '../../shared/domain/case.ts';
import { NotFound } from '../../shared/domain/faults.ts';
import { grantRetraining, NO_RETRAININGS, type RetrainingLedger } from '../../shared/domain/grant-retraining.ts';
import type { Cases, RetrainingLedgers } from '../../shared/ports/cases.ts';
import { type FakeBus, fakeBus } from './bus.ts';
import { NOON } from './sample-records.ts';

export type FakeCases = Cases & { bus: FakeBus; all: () => Case[] };

/** Cases in memory; `bus` has the facts that their changes cause. */
export function fakeCases(bus: FakeBus = fakeBus(), now: () => string = () => NOON): FakeCases {
  const rows = new Map<string, Case>();
  const newestOf = new Map<string, string>();
  const subjectOf = ({ model, environment, signal }: CaseSubject) => `${model}/${environment}/${signal}`;
  const keyOf = (key: CaseKey) => `${subjectOf(key)}/${key.openedAt}`;
  const copyOf = (key: string | undefined) => (key === undefined ? undefined : structuredClone(rows.get(key)));

  async function write(before: Case | undefined, after: Case): Promise<void> {
    rows.set(keyOf(after), structuredClone(after));
    const facts = factsOfCase(before, after, now());
    await bus.publish(facts.map(({ detailType, detail, occurredAt }) => ({ detailType, detail, occurredAt })));
  }

  return {
    bus,
    all: () => [...rows.values()].map((row) => structuredClone(row)),
    newest: async (subject) => copyOf(newestOf.get(subjectOf(subject))),
    async open(wanted, formerId) {
      const found = copyOf(newestOf.get(subjectOf(wanted)));
      if (found !== undefined && found.caseId !== formerId) return found;
      newestOf.set(subjectOf(wanted), keyOf(wanted));
      await write(undefined, wanted);
      return structuredClone(wanted);
    },
    async change(key, change) {
      const current = copyOf(keyOf(key));
      if (current === undefined) throw new NotFound(`There is no case of ${key.model} opened at ${key.openedAt}.`);
      const next = change(current);
      if (next !== current) await write(current, next);
      return structuredClone(next);
    },
    async ofIssue(projectId, iid) {
      return structuredClone([...rows.values()].find((row) => row.projectId === projectId && row.issue?.iid === iid));
    },
    async listByModel(model) {
      return [...rows.values()].filter((row) => row.model === model).map((row) => structuredClone(row));
    },
  };
}

export function fakeRetrainingLedgers(): RetrainingLedgers {
  const ledgers = new Map<string, RetrainingLedger>();
  return {
    async reserve(model, start, limits) {
      const { ledger, grant } = grantRetraining(ledgers.get(model) ?? NO_RETRAININGS, start, limits);
      ledgers.set(model, ledger);
      return grant;
    },
  };
}
