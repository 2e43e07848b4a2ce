import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import type { Environment } from './environment.ts';
import { parseOrBreak } from './lambda-step.ts';
import { logger } from './logger.ts';
import { onceBuilt } from './once-built.ts';

/** An EventBridge event as a rule hands it to a queue. */
const Envelope = z.looseObject({
  source: z.string(),
  account: z.string(),
  'detail-type': z.string(),
  detail: z.unknown(),
});

export type ConsumedEvent<Detail> = { source: string; account: string; detailType: string; detail: Detail };

/** A consumer of one kind of event (rule → queue → Lambda): each message succeeds or fails on its own. */
export type Consumer<Detail extends z.ZodType, Dependencies> = {
  detail: Detail;
  run: (event: ConsumedEvent<z.output<Detail>>, dependencies: Dependencies) => Promise<void>;
  /** Called when the last try has failed, before the message goes to the dead-letter queue. */
  giveUp?: (event: ConsumedEvent<z.output<Detail>>, error: unknown, dependencies: Dependencies) => Promise<void>;
};

/** `maxReceiveCount` of the queues that plugins/queue-per-consumer.mjs makes. */
export const TRIES = 5;

/** Messages that fail go back to the queue and, after `maxReceiveCount`, to its dead-letter queue. */
export function lambdaConsumer<Detail extends z.ZodType, Dependencies>(
  consumer: Consumer<Detail, Dependencies>,
  build: (environment: Environment) => Dependencies,
) {
  const processor = new BatchProcessor(EventType.SQS);
  const dependencies = onceBuilt(build);
  return middy<SQSEvent>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .handler(async (event: SQSEvent, context: Context) => {
      const built = dependencies();
      const consume = (record: SQSRecord) => consumeMessage(record, consumer, built);
      return processPartialResponse(event, consume, processor, { context, throwOnFullBatchFailure: false });
    });
}

type Message = Pick<SQSRecord, 'messageId' | 'body'> & {
  attributes: Pick<SQSRecord['attributes'], 'ApproximateReceiveCount'>;
};

/** @throws whatever made the message fail, so that it goes back to the queue */
export async function consumeMessage<Detail extends z.ZodType, Dependencies>(
  { messageId, body, attributes }: Message,
  consumer: Consumer<Detail, Dependencies>,
  dependencies: Dependencies,
): Promise<void> {
  let event: ConsumedEvent<z.output<Detail>> | undefined;
  try {
    const envelope = parseOrBreak(Envelope, JSON.parse(body), 'The event');
    const detail = parseOrBreak(consumer.detail, envelope.detail, `The event ${envelope['detail-type']}`);
    event = { source: envelope.source, account: envelope.account, detailType: envelope['detail-type'], detail };
    await consumer.run(event, dependencies);
  } catch (error) {
    logger.error('the message could not be consumed', { messageId, error: asError(error) });
    const isLastTry = Number(attributes.ApproximateReceiveCount) >= TRIES;
    if (isLastTry && event !== undefined) await giveUp(event, error, consumer, dependencies);
    throw error;
  }
}

/** A farewell that fails too must not hide why the message failed. */
async function giveUp<Detail extends z.ZodType, Dependencies>(
  event: ConsumedEvent<z.output<Detail>>,
  error: unknown,
  consumer: Consumer<Detail, Dependencies>,
  dependencies: Dependencies,
): Promise<void> {
  try {
    await consumer.giveUp?.(event, error, dependencies);
  } catch (farewellError) {
    logger.error('nobody could be told that the message was given up', { error: asError(farewellError) });
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
