import { IssueReported } from '../../events/contracts/issue-reported.ts';
import { systemTime } from '../../shared/adapters/clock.ts';
import { dynamodbCases } from '../../shared/adapters/dynamodb/cases.ts';
import { eventbridgeBus } from '../../shared/adapters/eventbridge/bus.ts';
import { connectGitlab } from '../../shared/adapters/gitlab/connect.ts';
import { gitlabIssueThreads } from '../../shared/adapters/gitlab/issue-threads.ts';
import { type SettleIssueDeps, settleIssue } from '../../shared/application/settle-issue.ts';
import { type Consumer, lambdaConsumer } from '../../shared/runtime/lambda-consumer.ts';
import { logger } from '../../shared/runtime/logger.ts';

const consumer: Consumer<typeof IssueReported, SettleIssueDeps> = {
  detail: IssueReported,
  async run({ detail }, deps) {
    logger.info('issue settled', { ...detail, outcome: await settleIssue(detail, deps) });
  },
};

export const handler = lambdaConsumer(consumer, (environment) => ({
  cases: dynamodbCases({ table: environment.table, bus: eventbridgeBus(environment) }),
  threads: gitlabIssueThreads(connectGitlab(environment)),
  now: systemTime,
}));
