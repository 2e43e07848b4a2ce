import { PipelineExecutionStatusChange } from '../../events/contracts/sagemaker-pipeline-execution-status-change.ts';
import { systemTime } from '../../shared/adapters/clock.ts';
import { meetingPlace } from '../../shared/adapters/meeting-place.ts';
import { runRecords } from '../../shared/adapters/run-records.ts';
import { sagemakerTrainingPipelines } from '../../shared/adapters/sagemaker/training-pipelines.ts';
import { type SettleTrainingDeps, settleTraining } from '../../shared/application/settle-training.ts';
import { type ConsumedEvent, type Consumer, lambdaConsumer } from '../../shared/runtime/lambda-consumer.ts';
import { logger } from '../../shared/runtime/logger.ts';

type ConsumeDeps = SettleTrainingDeps & { accountId: string; stage: string };

/** Consumes `SageMaker Model Building Pipeline Execution Status Change`: a hint to ask SageMaker how a training ended. */
export const consumer: Consumer<typeof PipelineExecutionStatusChange, ConsumeDeps> = {
  detail: PipelineExecutionStatusChange,
  run: consume,
};

export const handler = lambdaConsumer(consumer, (environment) => ({
  ...runRecords(environment),
  ...meetingPlace(environment),
  pipelines: sagemakerTrainingPipelines(),
  accountId: environment.accountId,
  stage: environment.stage,
  now: systemTime,
}));

/** Pipelines of other stages and owners end here too, and another account may put events of that shape on a bus that lets it. */
async function consume(event: ConsumedEvent<PipelineExecutionStatusChange>, deps: ConsumeDeps): Promise<void> {
  const { pipelineExecutionArn } = event.detail;
  const isOurs =
    event.account === deps.accountId &&
    pipelineExecutionArn.includes(`:${deps.accountId}:pipeline/mlops-${deps.stage}-`);
  const outcome = isOurs ? await settleTraining(pipelineExecutionArn, deps) : 'not-ours';
  logger.info('pipeline execution changed', { pipelineExecutionArn, outcome });
}
