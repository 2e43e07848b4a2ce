import type { Rendezvous } from '../ports/rendezvous.ts';
import { kmsTokenSeals } from './aws/seal-token.ts';
import { dynamodbRendezvous } from './dynamodb/rendezvous.ts';
import { stepFunctionsTaskTokens } from './step-functions/task-tokens.ts';

type MeetingPlace = {
  rendezvous: Rendezvous;
  answerTask: (taskToken: string, output: Record<string, unknown>) => Promise<void>;
  failTask: (taskToken: string, name: string, message: string) => Promise<void>;
};

/** Where waiting states and their signals meet, and how a waiting step answers or fails its own task. */
export function meetingPlace(environment: { table: string; keyArn: string }): MeetingPlace {
  const tokens = stepFunctionsTaskTokens();
  const rendezvous = dynamodbRendezvous({ table: environment.table, tokens, seals: kmsTokenSeals(environment) });
  return { rendezvous, answerTask: tokens.answerTask, failTask: tokens.failTask };
}
