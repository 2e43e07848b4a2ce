import {
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  ListRuleNamesByTargetCommand,
} from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { accountId, region } from '../../local/world/environment.ts';
import type { Table } from '../../shared/adapters/dynamodb/table.ts';

/** Loses every event that this function would consume from now on; the answer ends that, and what was lost stays lost. */
export async function loseEventsOf(consumer: string): Promise<() => Promise<void>> {
  const events = new EventBridgeClient({});
  const queue = `arn:aws:sqs:${region}:${accountId}:mlops-local-${consumer}`;
  const { RuleNames: [rule] = [] } = await events.send(new ListRuleNamesByTargetCommand({ TargetArn: queue }));
  if (rule === undefined) throw new Error(`No rule on the default bus sends events to ${queue}.`);
  await events.send(new DisableRuleCommand({ Name: rule }));
  return async () => void (await events.send(new EnableRuleCommand({ Name: rule })));
}

/** Runs the sweep now. Its failures are its own to report: the next one tries again. */
export async function sweepNow(): Promise<void> {
  await new LambdaClient({}).send(new InvokeCommand({ FunctionName: 'mlops-local-sweep' }));
}

/** Makes a wait look an hour old, so that nobody has to wait until the sweeper calls it overdue. */
export async function ageWait(table: Table, subject: string): Promise<void> {
  const anHourAgo = new Date(Date.now() - 3_600_000).toISOString();
  const aged = await table.update(
    { pk: `WAIT#${subject}`, sk: 'WAIT' },
    {
      update: 'SET gsi1sk = :old',
      condition: 'attribute_exists(gsi1sk)',
      values: { ':old': `${anHourAgo}#${subject}` },
    },
  );
  if (aged === undefined) throw new Error(`Nobody waits for ${subject}.`);
}
