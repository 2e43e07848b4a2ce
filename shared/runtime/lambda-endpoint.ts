import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { Fault } from '../domain/faults.ts';
import type { Environment } from './environment.ts';
import { logger } from './logger.ts';
import { onceBuilt } from './once-built.ts';

/** A small JSON answer. */
export function answerJson(statusCode: number, body: Record<string, unknown>): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(body),
  };
}

/** Makes the Lambda of one machine-to-machine endpoint. A fault is logged whole and answered without detail. */
export function lambdaEndpoint<Dependencies>(
  run: (event: APIGatewayProxyEventV2, dependencies: Dependencies) => Promise<APIGatewayProxyStructuredResultV2>,
  build: (environment: Environment) => Dependencies,
) {
  const dependencies = onceBuilt(build);
  return middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .handler(async (event: APIGatewayProxyEventV2) => {
      try {
        return await run(event, dependencies());
      } catch (error) {
        logger.error('the request could not be answered', {
          error: error instanceof Error ? error : new Error(String(error)),
        });
        const passes = error instanceof Fault && error.transient;
        return answerJson(passes ? 503 : 500, {
          outcome: 'failed',
          sentence: passes ? 'Try again in a minute.' : 'The operators have been told.',
        });
      }
    });
}
