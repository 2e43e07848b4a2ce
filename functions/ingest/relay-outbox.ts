import { systemTime } from '../../shared/adapters/clock.ts';
import { dynamodbOutbox } from '../../shared/adapters/dynamodb/outbox.ts';
import { eventbridgeBus } from '../../shared/adapters/eventbridge/bus.ts';
import { ServiceUnavailable } from '../../shared/domain/faults.ts';
import type { Bus, Outbox } from '../../shared/ports/bus.ts';
import { lambdaSchedule } from '../../shared/runtime/lambda-step.ts';
import { logger } from '../../shared/runtime/logger.ts';

/** Whoever stored a fact publishes it at once; one that is older was left behind. In milliseconds. */
const LEFT_BEHIND_MS = 30_000;

export type RelayDependencies = { outbox: Outbox; bus: Bus; now: () => string };

/** Publishes facts that were stored and perhaps never reached the bus. One that can't be published doesn't hold up the others. */
export async function relayOutbox({ outbox, bus, now }: RelayDependencies): Promise<void> {
  const before = new Date(Date.parse(now()) - LEFT_BEHIND_MS).toISOString();
  const leftBehind = await outbox.unpublished(before);
  let refused = 0;
  for (const { key, fact } of leftBehind) {
    try {
      await bus.publish([fact]);
      await outbox.published(key);
    } catch (error) {
      refused += 1;
      logger.error('a fact could not be published', {
        key,
        detailType: fact.detailType,
        error: error instanceof Error ? error : String(error),
      });
    }
  }
  if (leftBehind.length > 0) logger.info('facts relayed', { relayed: leftBehind.length - refused, refused });
  if (refused > 0)
    throw new ServiceUnavailable(
      `${refused} of ${leftBehind.length} facts could not be published; the next run tries again.`,
    );
}

export const handler = lambdaSchedule(relayOutbox, (environment) => ({
  outbox: dynamodbOutbox(environment),
  bus: eventbridgeBus(environment),
  now: systemTime,
}));
