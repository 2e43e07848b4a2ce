import {
  grantRetraining,
  NO_RETRAININGS,
  type RetrainingGrant,
  RetrainingLedger,
} from '../../domain/grant-retraining.ts';
import type { RetrainingLedgers } from '../../ports/cases.ts';
import { revise } from './revise.ts';
import { openTable } from './table.ts';

/** One item per model: whoever writes second counts what the first one wrote. */
export function dynamodbRetrainingLedgers(environment: { table: string }): RetrainingLedgers {
  const table = openTable(environment.table);
  return {
    async reserve(model, start, limits) {
      let grant: RetrainingGrant = { outcome: 'granted' };
      await revise(table, { pk: `MODEL#${model}`, sk: 'RETRAININGS' }, RetrainingLedger, (ledger = NO_RETRAININGS) => {
        const answer = grantRetraining(ledger, start, limits);
        grant = answer.grant;
        return answer.ledger;
      });
      return grant;
    },
  };
}
