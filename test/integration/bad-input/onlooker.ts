import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  ListEndpointConfigsCommand,
  ListModelsCommand,
  ListPipelineExecutionsCommand,
  ListPipelinesCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import * as z from 'zod';
import { poll } from '../../../local/demo/poll.ts';
import { type Stage, stageOf } from '../../../local/demo/stage.ts';
import { worldUrls } from '../../../local/world/environment.ts';
import { dynamodbRuns } from '../../../shared/adapters/dynamodb/runs.ts';
import { eventbridgeBus } from '../../../shared/adapters/eventbridge/bus.ts';
import type { Run, RunStatus } from '../../../shared/domain/run.ts';
import { testWorld } from '../../harness/world.ts';

export const TABLE = 'mlops-local';
const DATA_BUCKET = 'mlops-data-local';
const Mails = z.array(z.object({ to: z.string(), subject: z.string(), text: z.string() }));

/** What the world looks like from outside: as its people, GitLab, and the account's root see it. */
export function onlooker() {
  const { environment, ports } = testWorld();
  const urls = worldUrls(ports);
  const stage: Stage = stageOf({ environment, urls });
  const runs = dynamodbRuns({ table: TABLE, bus: eventbridgeBus({ bus: TABLE }) });
  const sagemaker = new SageMakerClient({});
  const logs = new CloudWatchLogsClient({});
  const s3 = new S3Client({});
  const silent = () => {};
  const ownData: { Bucket: string; Key: string }[] = [];

  const executionArns = async (): Promise<string[]> => {
    const { PipelineSummaries = [] } = await sagemaker.send(new ListPipelinesCommand({ MaxResults: 100 }));
    const lists = await Promise.all(
      PipelineSummaries.map(({ PipelineName }) =>
        sagemaker.send(new ListPipelineExecutionsCommand({ PipelineName, MaxResults: 100 })),
      ),
    );
    return lists
      .flatMap(({ PipelineExecutionSummaries = [] }) => PipelineExecutionSummaries)
      .map((summary) => summary.PipelineExecutionArn ?? '');
  };

  return {
    urls,
    stage,
    silent,
    findRun: (runId: string): Promise<Run | undefined> => runs.find(runId),

    /** The run of a commit, once its commit status links to it. */
    runOf: (sha: string): Promise<string> =>
      poll(
        `The commit status "mlops" of ${sha.slice(0, 8)}`,
        async () => {
          const target = (await stage.gitlab.statusOf(sha))?.target_url;
          return target ? new URL(target).pathname.split('/').at(-1) : undefined;
        },
        { seconds: 90 },
      ),

    runUntil: (runId: string, ...states: RunStatus[]): Promise<Run> => stage.runUntil(runId, states, silent),

    async issueOf({ runId }: Run) {
      return (await stage.gitlab.issues()).find(({ description }) => description.includes(runId));
    },

    mailAbout: ({ runId }: Run, to: string) =>
      poll(`A mail to ${to} about run ${runId}`, async () =>
        (await mails()).find((mail) => mail.to === to && mail.text.includes(runId)),
      ),

    mails,
    /** Every execution of every SageMaker pipeline, in no order. */
    executionArns,

    /** Names of all models and endpoint configurations: what a roll-out would have created. */
    async hostingNames(): Promise<string[]> {
      const { Models = [] } = await sagemaker.send(new ListModelsCommand({ MaxResults: 100 }));
      const { EndpointConfigs = [] } = await sagemaker.send(new ListEndpointConfigsCommand({ MaxResults: 100 }));
      return [
        ...Models.map((m) => m.ModelName ?? ''),
        ...EndpointConfigs.map((c) => c.EndpointConfigName ?? ''),
      ].sort();
    },

    /** Writes an object as the account's root, as somebody would who may do everything. */
    async overwrite(uri: string, content: string): Promise<void> {
      const { host, pathname } = new URL(uri);
      const place = { Bucket: host, Key: pathname.slice(1) };
      await s3.send(new PutObjectCommand({ ...place, Body: content }));
      if (host === DATA_BUCKET) ownData.push(place);
    },

    /** Other tests ask whether the data of what is live has changed: they find it as it was. */
    async takeDataBack(): Promise<void> {
      for (const place of ownData.splice(0)) await s3.send(new DeleteObjectCommand(place));
    },

    /** Lines of a function's log since a time; the name is the one of functions.yml. */
    async logOf(functionName: string, sinceMs: number): Promise<string[]> {
      const { events = [] } = await logs.send(
        new FilterLogEventsCommand({ logGroupName: `/aws/lambda/${TABLE}-${functionName}`, startTime: sinceMs }),
      );
      return events.map(({ message = '' }) => message);
    },
  };

  async function mails() {
    return Mails.parse(await (await fetch(`${urls.inbox}/api/mails`)).json());
  }
}
