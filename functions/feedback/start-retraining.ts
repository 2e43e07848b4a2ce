import { RetrainingDue } from '../../events/contracts/retraining-due.ts';
import { systemTime } from '../../shared/adapters/clock.ts';
import { dynamodbCases } from '../../shared/adapters/dynamodb/cases.ts';
import { dynamodbDeployments } from '../../shared/adapters/dynamodb/deployments.ts';
import { dynamodbMonitorWindows } from '../../shared/adapters/dynamodb/monitor-windows.ts';
import { dynamodbRetrainingLedgers } from '../../shared/adapters/dynamodb/retraining-ledgers.ts';
import { eventbridgeBus } from '../../shared/adapters/eventbridge/bus.ts';
import { connectGitlab } from '../../shared/adapters/gitlab/connect.ts';
import { gitlabIssueThreads } from '../../shared/adapters/gitlab/issue-threads.ts';
import { gitlabIssues } from '../../shared/adapters/gitlab/issues.ts';
import { gitlabSourceRepository } from '../../shared/adapters/gitlab/source-repository.ts';
import { onboardingRecords } from '../../shared/adapters/onboarding-records.ts';
import { parsePolicyFile } from '../../shared/adapters/policy-file.ts';
import { randomId } from '../../shared/adapters/random-id.ts';
import { runRecords } from '../../shared/adapters/run-records.ts';
import { s3Documents } from '../../shared/adapters/s3/documents.ts';
import { s3ObjectStore } from '../../shared/adapters/s3/object-store.ts';
import { lineFinderOf } from '../../shared/adapters/source-lines.ts';
import { stepFunctionsExecutions } from '../../shared/adapters/step-functions/executions.ts';
import { type StartRetrainingDeps, startRetraining } from '../../shared/application/start-retraining.ts';
import { type Consumer, lambdaConsumer } from '../../shared/runtime/lambda-consumer.ts';
import { logger } from '../../shared/runtime/logger.ts';

const consumer: Consumer<typeof RetrainingDue, StartRetrainingDeps> = {
  detail: RetrainingDue,
  async run({ detail }, deps) {
    const decision = await startRetraining(detail, deps);
    logger.info('retraining decided', { caseId: detail.caseId, windowTo: detail.windowTo, ...decision });
  },
};

export const handler = lambdaConsumer(consumer, (environment) => {
  const gitlab = connectGitlab(environment);
  const place = { table: environment.table, bus: eventbridgeBus(environment) };
  return {
    runs: runRecords(environment).runs,
    cases: dynamodbCases(place),
    ledgers: dynamodbRetrainingLedgers(environment),
    deployments: dynamodbDeployments(environment),
    windows: dynamodbMonitorWindows(place),
    repository: gitlabSourceRepository(gitlab),
    issues: gitlabIssues(gitlab),
    threads: gitlabIssueThreads(gitlab),
    onboarding: onboardingRecords(environment),
    objects: s3ObjectStore(),
    documents: s3Documents(environment),
    parsing: { parsePolicy: parsePolicyFile, lineFinderOf },
    executions: stepFunctionsExecutions(environment),
    bucket: environment.bucket,
    publicUrl: environment.publicUrl,
    newId: randomId,
    now: systemTime,
  };
});
