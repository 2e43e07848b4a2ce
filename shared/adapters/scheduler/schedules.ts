import {
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  DeleteScheduleCommand,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import type { Schedule, Schedules } from '../../ports/schedules.ts';
import { schedulerClient } from '../aws/scheduler-client.ts';
import { asFaults, isNamed } from '../aws/translate-error.ts';

type Place = { region: string; accountId: string; stage: string; rolePath: string; keyArn: string };

/** A window that nobody looked at for an hour is made good by the next one. */
const RETRIES = { MaximumEventAgeInSeconds: 3_600, MaximumRetryAttempts: 20 };

/** Group, role and dead-letter queue are made by resources/monitoring.yml. */
export function schedulerSchedules(place: Place): Schedules {
  const group = `mlops-${place.stage}`;
  return {
    async ensure(schedule) {
      const wanted = inputOf(schedule, group, place);
      try {
        await asFaults(`Creating the schedule ${schedule.name}`, () =>
          schedulerClient().send(new CreateScheduleCommand(wanted)),
        );
      } catch (error) {
        if (!isNamed(error, 'ConflictException')) throw error;
        await asFaults(`Changing the schedule ${schedule.name}`, () =>
          schedulerClient().send(new UpdateScheduleCommand(wanted)),
        );
      }
    },

    async remove(name) {
      try {
        await asFaults(`Removing the schedule ${name}`, () =>
          schedulerClient().send(new DeleteScheduleCommand({ GroupName: group, Name: name })),
        );
      } catch (error) {
        if (!isNamed(error, 'ResourceNotFoundException')) throw error;
      }
    },
  };
}

function inputOf(
  { name, expression, input, description }: Schedule,
  group: string,
  { region, accountId, stage, rolePath, keyArn }: Place,
): CreateScheduleCommandInput {
  return {
    GroupName: group,
    Name: name,
    Description: description,
    ScheduleExpression: expression,
    ScheduleExpressionTimezone: 'UTC',
    FlexibleTimeWindow: { Mode: 'OFF' },
    State: 'ENABLED',
    KmsKeyArn: keyArn,
    Target: {
      Arn: `arn:aws:states:${region}:${accountId}:stateMachine:mlops-${stage}-monitor-window`,
      RoleArn: `arn:aws:iam::${accountId}:role${rolePath}mlops-${stage}-monitor-schedule`,
      Input: input,
      RetryPolicy: RETRIES,
      DeadLetterConfig: { Arn: `arn:aws:sqs:${region}:${accountId}:mlops-${stage}-monitor-schedule-dead-letters` },
    },
  };
}
