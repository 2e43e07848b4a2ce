import { NoteReported } from '../../events/contracts/note-reported.ts';
import { dynamodbCases } from '../../shared/adapters/dynamodb/cases.ts';
import { eventbridgeBus } from '../../shared/adapters/eventbridge/bus.ts';
import { connectGitlab } from '../../shared/adapters/gitlab/connect.ts';
import { gitlabIssueThreads } from '../../shared/adapters/gitlab/issue-threads.ts';
import { gitlabMemberships } from '../../shared/adapters/gitlab/memberships.ts';
import { onboardingRecords } from '../../shared/adapters/onboarding-records.ts';
import { type ObeyNoteDeps, obeyNote } from '../../shared/application/obey-note.ts';
import { type Consumer, lambdaConsumer } from '../../shared/runtime/lambda-consumer.ts';
import { logger } from '../../shared/runtime/logger.ts';

const consumer: Consumer<typeof NoteReported, ObeyNoteDeps> = {
  detail: NoteReported,
  async run({ detail }, deps) {
    logger.info('comment obeyed', { ...detail, outcome: await obeyNote(detail, deps) });
  },
};

export const handler = lambdaConsumer(consumer, (environment) => {
  const gitlab = connectGitlab(environment);
  return {
    cases: dynamodbCases({ table: environment.table, bus: eventbridgeBus(environment) }),
    threads: gitlabIssueThreads(gitlab),
    memberships: gitlabMemberships(gitlab),
    onboarding: onboardingRecords(environment),
  };
});
