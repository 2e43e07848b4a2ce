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

/**
 * Publishes facts that were stored and perhaps never reached the bus. One that can't be read or published doesn't hold up the others.
 * @throws ServiceUnavailable when some of them were not published, so that the function's errors show it
 */
export async function relayOutbox({ outbox, bus, now }: RelayDependencies): Promise<void> {
  const before = new Date(Date.parse(now()) - LEFT_BEHIND_MS).toISOString();
  const { held, damaged } = await outbox.unpublished(before);
  const leftBehind = held.length + damaged.length;
  let refused = damaged.length;
  for (const { key } of damaged) logger.error('a stored fact can not be read', { key });
  for (const { key, fact } of held) {
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
  if (leftBehind > 0) logger.info('facts relayed', { relayed: leftBehind - refused, refused });
  if (refused > 0)
    throw new ServiceUnavailable(`${refused} of ${leftBehind} facts could not be published; the next run tries again.`);
}

export const handler = lambdaSchedule(relayOutbox, (environment) => ({
  outbox: dynamodbOutbox(environment),
  bus: eventbridgeBus(environment),
  now: systemTime,
}));
