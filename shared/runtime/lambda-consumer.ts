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
};

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
      const consume = async (record: SQSRecord) => {
        try {
          const envelope = parseOrBreak(Envelope, JSON.parse(record.body), 'The event');
          const detail = parseOrBreak(consumer.detail, envelope.detail, `The event ${envelope['detail-type']}`);
          await consumer.run(
            { source: envelope.source, account: envelope.account, detailType: envelope['detail-type'], detail },
            built,
          );
        } catch (error) {
          logger.error('the message could not be consumed', {
            messageId: record.messageId,
            error: error instanceof Error ? error : new Error(String(error)),
          });
          throw error;
        }
      };
      return processPartialResponse(event, consume, processor, { context, throwOnFullBatchFailure: false });
    });
}
