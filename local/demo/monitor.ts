import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { dynamodbCases } from '../../shared/adapters/dynamodb/cases.ts';
import { dynamodbMonitorWindows } from '../../shared/adapters/dynamodb/monitor-windows.ts';
import { dynamodbRuns } from '../../shared/adapters/dynamodb/runs.ts';
import { eventbridgeBus } from '../../shared/adapters/eventbridge/bus.ts';
import type { Case } from '../../shared/domain/case.ts';
import type { MonitorWindow } from '../../shared/domain/monitor-window.ts';
import type { Run } from '../../shared/domain/run.ts';
import type { World } from '../world/world.ts';
import { WorldError } from '../world/world-error.ts';
import { poll } from './poll.ts';
import type { Span } from './replay.ts';
import { MODEL } from './stage.ts';

const STAGE = 'mlops-local';
const ENVIRONMENT = 'prod';
const ALARM = `${STAGE}-${MODEL}-${ENVIRONMENT}-drift`;
const Input = z.record(z.string(), z.unknown());
const Mails = z.array(z.object({ subject: z.string(), text: z.string() }));

/** What the drift demo asks of the monitor, and looks at afterwards. */
export type Monitor = {
  /** Lets the monitor look at a span through the very input that the schedule sends, and waits for its verdict. */
  look(span: Span, say: (line: string) => void): Promise<MonitorWindow>;
  alarmRaised(): Promise<string>;
  /** The subject of the on-call mail about the alarm. */
  alarmMail(): Promise<string>;
  openCase(): Promise<Case>;
  caseClosed(caseId: string): Promise<Case>;
  /** The run that trains the case's version again. */
  retraining(caseId: string): Promise<Run>;
};

export function monitorOf({ urls }: Pick<World, 'urls'>): Monitor {
  const table = { table: STAGE, bus: eventbridgeBus({ bus: STAGE }) };
  const windows = dynamodbMonitorWindows(table);
  const cases = dynamodbCases(table);
  const runs = dynamodbRuns(table);
  const scheduler = new SchedulerClient({});
  const workflows = new SFNClient({});
  const alarms = new CloudWatchClient({});

  return {
    async look(window, say) {
      const { Target } = await scheduler.send(
        new GetScheduleCommand({ GroupName: STAGE, Name: `${MODEL}-${ENVIRONMENT}-drift` }),
      );
      if (!Target?.Input) throw new WorldError(`${MODEL} has no schedule in ${ENVIRONMENT}, so nobody would look.`);
      const scheduledAt = new Date().toISOString();
      const sent = Input.parse(JSON.parse(Target.Input.replaceAll('<aws.scheduler.scheduled-time>', scheduledAt)));
      await workflows.send(
        new StartExecutionCommand({ stateMachineArn: Target.Arn, input: JSON.stringify({ ...sent, window }) }),
      );
      say('the monitor reads what was captured');
      return poll(
        `The verdict on the traffic since ${window.from}`,
        async () => {
          const found = await windows.find({ model: MODEL, environment: ENVIRONMENT, variant: 'main', window });
          if (found?.status === 'failed') throw new WorldError(`The monitor could not tell: ${found.reason}`);
          return found?.publishedAt === undefined ? undefined : found;
        },
        { seconds: 90 },
      );
    },
    alarmRaised: () =>
      poll(
        `The alarm ${ALARM} going off`,
        async () => {
          const { MetricAlarms } = await alarms.send(new DescribeAlarmsCommand({ AlarmNames: [ALARM] }));
          return MetricAlarms?.find(({ StateValue }) => StateValue === 'ALARM')?.AlarmName;
        },
        { seconds: 60 },
      ),
    alarmMail: () =>
      poll(
        `A mail to on-call about ${ALARM}`,
        async () => {
          const mails = Mails.parse(await (await fetch(`${urls.inbox}/api/mails`)).json());
          return mails.find(({ subject, text }) => `${subject} ${text}`.includes(ALARM))?.subject;
        },
        { seconds: 60 },
      ),
    openCase: () =>
      poll(
        'A case with an issue in GitLab',
        async () => {
          const found = await cases.newest({ model: MODEL, environment: ENVIRONMENT, signal: 'drift' });
          return found?.status === 'open' && found.issue ? found : undefined;
        },
        { seconds: 60 },
      ),
    caseClosed: (caseId) =>
      poll(
        `Case ${caseId} closing by itself`,
        async () => {
          const found = (await cases.listByModel(MODEL)).find((each) => each.caseId === caseId);
          return found?.status === 'closed' ? found : undefined;
        },
        { seconds: 60 },
      ),
    retraining: (caseId) =>
      poll(
        `A retraining for case ${caseId}`,
        async () => (await runs.listByModel(MODEL, 20)).find(({ origin }) => origin?.caseId === caseId),
        { seconds: 60 },
      ),
  };
}
