import { FencedDeployment } from '../../domain/move-deployment.ts';
import {
  beginRollback,
  concludeRollback,
  failRollback,
  type ReleaseAnswer,
  type RollbackAnswer,
  releaseHold,
  resumeRollback,
} from '../../domain/roll-back-deployment.ts';
import type { Rollbacks } from '../../ports/rollbacks.ts';
import { ROLLBACKS_UNDER_WAY, reviseDeployment } from './revise-deployment.ts';
import { queryShards } from './shards.ts';
import { entityOf } from './stored-entity.ts';
import { openTable } from './table.ts';

/** A rollback and a hold stand in the deployment's own item, so that no roll-out can be written beside them. */
export function dynamodbRollbacks(environment: { table: string }): Rollbacks {
  const table = openTable(environment.table);

  async function change(model: string, name: string, changed: (record: FencedDeployment) => FencedDeployment) {
    return (await reviseDeployment(table, model, name, changed)).deployment;
  }

  return {
    async begin(model, name, wish) {
      let answer: RollbackAnswer = { outcome: 'nothing-to-roll-back', why: '' };
      await reviseDeployment(table, model, name, (record) => {
        const begun = beginRollback(record, wish);
        answer = begun.answer;
        return begun.record;
      });
      return answer;
    },
    resume: (model, name, rollbackId, attempt) =>
      change(model, name, (record) => resumeRollback(record, rollbackId, attempt)),
    conclude: (model, name, fence, rollbackId, release, at) =>
      change(model, name, (record) => concludeRollback(record, fence, rollbackId, release, at)),
    fail: (model, name, rollbackId, end) => change(model, name, (record) => failRollback(record, rollbackId, end)),
    async releaseHold(model, name, wish) {
      let answer: ReleaseAnswer = { outcome: 'not-held' };
      await reviseDeployment(table, model, name, (record) => {
        const released = releaseHold(record, wish);
        answer = released.answer;
        return released.record;
      });
      return answer;
    },
    async underWay(before) {
      const items = await queryShards(table, ROLLBACKS_UNDER_WAY, { before });
      return items.map((item) => entityOf(FencedDeployment, item).deployment);
    },
  };
}
