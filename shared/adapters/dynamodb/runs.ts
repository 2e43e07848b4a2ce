import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { factOfRunEvent } from '../../../events/contracts/fact-of-run-event.ts';
import { refuseRunChange } from '../../domain/change-run.ts';
import { NotFound, WriteConflict } from '../../domain/faults.ts';
import { findNewerCandidate, NEWEST_RUNS } from '../../domain/find-newer-candidate.ts';
import { hasEnded, isActive, Run, RunStatus } from '../../domain/run.ts';
import type { RunEvent } from '../../domain/run-event.ts';
import type { Bus } from '../../ports/bus.ts';
import type { RunChanges, Runs } from '../../ports/runs.ts';
import { outboxAttributes, publishStored } from './outbox.ts';
import { queryShards, shardOf } from './shards.ts';
import { entityOf } from './stored-entity.ts';
import { type Key, openTable, type UpdateExpression, type Write } from './table.ts';
import { eventKeyOf } from './timeline.ts';

const MAX_TRIES = 12;
const Sequence = z.object({ model: z.string(), sequence: z.number().int() });
const RunPointer = z.object({ runId: z.string() });

export const runKeyInTable = (runId: string): Key => ({ pk: `RUN#${runId}`, sk: 'RUN' });
const sequenceKeyOf = (model: string): Key => ({ pk: `MODEL#${model}`, sk: 'SEQUENCE' });
/** Padded, so that the order of the keys is the order of the numbers. */
const pointerKeyOf = (run: Pick<Run, 'model' | 'sequence'>): Key => ({
  pk: `MODEL#${run.model}`,
  sk: `RUN#${String(run.sequence).padStart(12, '0')}`,
});

function activeAttributes(run: Pick<Run, 'runId' | 'status' | 'updatedAt'>) {
  return isActive(run.status) ? { gsi1pk: shardOf('ACTIVE', run.runId), gsi1sk: `${run.updatedAt}#${run.runId}` } : {};
}

export function dynamodbRuns({ table: name, bus }: { table: string; bus: Bus }): Runs {
  const table = openTable(name);

  async function find(runId: string): Promise<Run | undefined> {
    const item = await table.get(runKeyInTable(runId));
    return item && entityOf(Run, item);
  }

  async function get(runId: string): Promise<Run> {
    const run = await find(runId);
    if (run === undefined) throw new NotFound(`There is no run ${runId}.`);
    return run;
  }

  async function latestSequence(model: string): Promise<number> {
    const item = await table.get(sequenceKeyOf(model));
    return item === undefined ? 0 : entityOf(Sequence, item).sequence;
  }

  async function listByModel(model: string, limit: number, after?: number): Promise<Run[]> {
    const pointers = await table.queryPartition(`MODEL#${model}`, 'RUN#', {
      ...{ newestFirst: true, limit },
      ...(after !== undefined && { from: pointerKeyOf({ model, sequence: after + 1 }).sk }),
    });
    return Promise.all(pointers.map((pointer) => get(entityOf(RunPointer, pointer).runId)));
  }

  function takeSequence(model: string, sequence: number): Write {
    const key = sequenceKeyOf(model);
    const item = { ...key, entity: { model, sequence }, gsi1pk: shardOf('MODELS', model), gsi1sk: model };
    if (sequence === 1) return table.putWrite(item, 'attribute_not_exists(pk)');
    return table.putWrite(item, 'entity.#s = :former', { ':former': sequence - 1 }, { '#s': 'sequence' });
  }

  function creation(run: Run, event: RunEvent): Write[] {
    const eventKey = eventKeyOf(event);
    const fact = factOfRunEvent(event, run);
    return [
      table.putWrite(
        { ...runKeyInTable(run.runId), entity: run, ...activeAttributes(run) },
        'attribute_not_exists(pk)',
      ),
      takeSequence(run.model, run.sequence),
      table.putWrite({ ...pointerKeyOf(run), entity: { runId: run.runId } }, 'attribute_not_exists(pk)'),
      table.putWrite(
        { ...eventKey, entity: event, ...(fact && outboxAttributes(eventKey, fact)) },
        'attribute_not_exists(pk)',
      ),
    ];
  }

  return {
    find,
    get,

    async create(candidate, event) {
      for (let tries = 0; tries < MAX_TRIES; tries += 1) {
        const [existing, latest] = await Promise.all([find(candidate.runId), latestSequence(candidate.model)]);
        if (existing !== undefined) return { outcome: 'exists', run: existing };
        const run: Run = { ...candidate, sequence: latest + 1 };
        // Looked for after the number was read: a run that is created from here on takes that number, and the write is refused.
        const newer = findNewerCandidate(run, await listByModel(run.model, NEWEST_RUNS));
        if (newer !== undefined) return { outcome: 'overtaken', run: newer };
        const refusals = await table.transact(`Creating run ${run.runId}`, creation(run, event));
        if (refusals === undefined) {
          const fact = factOfRunEvent(event, run);
          if (fact !== undefined) await publishStored(table, bus, eventKeyOf(event), fact);
          return { outcome: 'created', run };
        }
        await pause(Math.random() * 20 * 2 ** Math.min(tries, 5));
      }
      throw new WriteConflict(`Other runs of ${candidate.model} kept taking the sequence number. Try again.`);
    },

    async update(runId, changes, now, ifStatus, ifAttempt) {
      const given = changesGiven(changes);
      const item = await table.update(runKeyInTable(runId), runUpdate(runId, given, now, ifStatus, ifAttempt));
      if (item !== undefined) return entityOf(Run, item);
      const run = await get(runId);
      throw (
        refuseRunChange(run, Object.keys(given), ifStatus, ifAttempt) ??
        new WriteConflict(`Run ${runId} was changed by somebody else. Read it again.`)
      );
    },

    listByModel,

    async listActive() {
      return (await queryShards(table, 'ACTIVE')).map((item) => entityOf(Run, item));
    },
  };
}

function changesGiven(changes: RunChanges): Partial<Run> {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}

/** One update of exactly the changed fields, so that two writers of different fields don't undo each other. */
export function runUpdate(
  runId: string,
  changes: Partial<Run>,
  now: string,
  ifStatus?: readonly RunStatus[],
  ifAttempt?: number,
): UpdateExpression {
  const fields = Object.entries({ ...changes, updatedAt: now });
  const names = Object.fromEntries(fields.map(([field], index) => [`#f${index}`, field]));
  const values = Object.fromEntries(fields.map(([, value], index) => [`:f${index}`, value]));
  const sets = fields.map((_, index) => `#entity.#f${index} = :f${index}`);
  const conditions = ['attribute_exists(pk)'];
  const statuses = (prefix: string, list: readonly RunStatus[]) => {
    list.forEach((status, index) => {
      values[`:${prefix}${index}`] = status;
    });
    return `#entity.#status IN (${list.map((_, index) => `:${prefix}${index}`).join(', ')})`;
  };
  if (ifStatus !== undefined) conditions.push(statuses('if', ifStatus));
  if (ifAttempt !== undefined) {
    values[':ifAttempt'] = ifAttempt;
    conditions.push('#entity.#attempt = :ifAttempt');
  }
  const onlyTheIssue = Object.keys(changes).every((field) => field === 'issueUrl');
  if (!onlyTheIssue) conditions.push(`NOT ${statuses('ended', RunStatus.options.filter(hasEnded))}`);
  const needsStatus = ifStatus !== undefined || !onlyTheIssue;

  let removal = '';
  if (changes.status !== undefined) {
    const index = activeAttributes({ runId, status: changes.status, updatedAt: now });
    if (index.gsi1pk === undefined) removal = ' REMOVE gsi1pk, gsi1sk';
    else {
      sets.push('gsi1pk = :gsi1pk', 'gsi1sk = :gsi1sk');
      Object.assign(values, { ':gsi1pk': index.gsi1pk, ':gsi1sk': index.gsi1sk });
    }
  }
  return {
    update: `SET ${sets.join(', ')}${removal}`,
    condition: conditions.join(' AND '),
    names: {
      '#entity': 'entity',
      ...(needsStatus && { '#status': 'status' }),
      ...(ifAttempt !== undefined && { '#attempt': 'attempt' }),
      ...names,
    },
    values,
  };
}
