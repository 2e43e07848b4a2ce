import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { type CaseFact, factsOfCase } from '../../../events/contracts/facts-of-case.ts';
import { Case, type CaseKey, type CaseSubject } from '../../domain/case.ts';
import { NotFound, WriteConflict } from '../../domain/faults.ts';
import type { Bus } from '../../ports/bus.ts';
import type { Cases } from '../../ports/cases.ts';
import { systemTime } from '../clock.ts';
import { outboxAttributes, publishStored } from './outbox.ts';
import { entityOf } from './stored-entity.ts';
import { type Item, type Key, openTable, type Write } from './table.ts';

const MAX_TRIES = 12;
const BASE_PAUSE_MS = 10;
/** Facts stay beside their case for a month, so that none goes out twice. */
const FACT_KEPT_SECONDS = 30 * 86_400;

const Pointer = z.object({ caseId: z.string(), openedAt: z.string() });
const Version = z.number().int();

const keyOf = ({ model, environment, signal, openedAt }: CaseKey): Key => ({
  pk: `MODEL#${model}`,
  sk: `CASE#${environment}#${signal}#${openedAt}`,
});
/** Names the newest case of its subject, so that two can't be opened beside each other. */
const pointerKeyOf = ({ model, environment, signal }: CaseSubject): Key => ({
  pk: `MODEL#${model}`,
  sk: `OPENCASE#${environment}#${signal}`,
});
const factKeyOf = ({ model, caseId }: Case, fact: CaseFact): Key => ({
  pk: `MODEL#${model}`,
  sk: `CASEFACT#${caseId}#${fact.key}`,
});
const issueIndexOf = (projectId: number, iid: number) => `ISSUE#${projectId}#${iid}`;

function itemOf(entity: Case, version: number): Item {
  const { projectId, issue, caseId } = entity;
  const index = issue && { gsi1pk: issueIndexOf(projectId, issue.iid), gsi1sk: caseId };
  return { ...keyOf(entity), entity, version, ...index };
}

export function dynamodbCases({ table: name, bus }: { table: string; bus: Bus }): Cases {
  const table = openTable(name);

  function factWrite(of: Case, fact: CaseFact): Write {
    const key = factKeyOf(of, fact);
    const { detailType, detail, occurredAt } = fact;
    const ttl = Math.ceil(Date.parse(occurredAt) / 1000) + FACT_KEPT_SECONDS;
    const item = { ...key, ttl, ...outboxAttributes(key, { detailType, detail, occurredAt }) };
    return table.putWrite(item, 'attribute_not_exists(pk)');
  }

  /** Writes case and facts together; `false` where somebody wrote first. */
  async function write(before: Case | undefined, after: Case, writes: Write[]): Promise<boolean> {
    const facts = factsOfCase(before, after, systemTime());
    const all = [...writes, ...facts.map((fact) => factWrite(after, fact))];
    if ((await table.transact(`Writing case ${after.caseId}`, all)) !== undefined) return false;
    for (const fact of facts) {
      const { detailType, detail, occurredAt } = fact;
      await publishStored(table, bus, factKeyOf(after, fact), { detailType, detail, occurredAt });
    }
    return true;
  }

  async function newest(subject: CaseSubject): Promise<Case | undefined> {
    const pointer = await table.get(pointerKeyOf(subject));
    if (pointer === undefined) return undefined;
    const item = await table.get(keyOf({ ...subject, openedAt: entityOf(Pointer, pointer).openedAt }));
    return item && entityOf(Case, item);
  }

  return {
    newest,

    async open(wanted, formerId) {
      for (let tries = 0; tries < MAX_TRIES; tries += 1) {
        const found = await newest(wanted);
        if (found !== undefined && found.caseId !== formerId) return found;
        const pointer = { ...pointerKeyOf(wanted), entity: { caseId: wanted.caseId, openedAt: wanted.openedAt } };
        const pointerWrite =
          formerId === undefined
            ? table.putWrite(pointer, 'attribute_not_exists(pk)')
            : table.putWrite(pointer, 'entity.caseId = :former', { ':former': formerId });
        const caseWrite = table.putWrite(itemOf(wanted, 1), 'attribute_not_exists(pk)');
        if (await write(undefined, wanted, [caseWrite, pointerWrite])) return wanted;
        await pause(Math.random() * BASE_PAUSE_MS * 2 ** Math.min(tries, 5));
      }
      throw new WriteConflict(`Others kept opening a case of ${wanted.model} in ${wanted.environment}. Try again.`);
    },

    async change(key, change) {
      for (let tries = 0; tries < MAX_TRIES; tries += 1) {
        const item = await table.get(keyOf(key));
        if (item === undefined) throw new NotFound(`There is no case of ${key.model} opened at ${key.openedAt}.`);
        const current = entityOf(Case, item);
        const next = change(current);
        if (next === current) return current;
        const version = Version.parse(item.version);
        const caseWrite = table.putWrite(
          itemOf(next, version + 1),
          '#version = :version',
          { ':version': version },
          {
            '#version': 'version',
          },
        );
        if (await write(current, next, [caseWrite])) return next;
        await pause(Math.random() * BASE_PAUSE_MS * 2 ** Math.min(tries, 5));
      }
      throw new WriteConflict(`Others kept changing the case of ${key.model} opened at ${key.openedAt}. Try again.`);
    },

    async ofIssue(projectId, iid) {
      const [item] = await table.queryIndex(issueIndexOf(projectId, iid), { limit: 1 });
      if (item === undefined) return undefined;
      // The index may be a moment behind the table.
      const current = await table.get(keyOf(entityOf(Case, item)));
      return current && entityOf(Case, current);
    },

    async listByModel(model) {
      const items = await table.queryPartition(`MODEL#${model}`, 'CASE#');
      return items.map((item) => entityOf(Case, item));
    },
  };
}
