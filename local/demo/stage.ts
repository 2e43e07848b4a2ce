import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import * as z from 'zod';
import { dynamodbDeployments } from '../../shared/adapters/dynamodb/deployments.ts';
import { dynamodbReviews } from '../../shared/adapters/dynamodb/reviews.ts';
import { dynamodbRuns } from '../../shared/adapters/dynamodb/runs.ts';
import { dynamodbTimeline } from '../../shared/adapters/dynamodb/timeline.ts';
import { eventbridgeBus } from '../../shared/adapters/eventbridge/bus.ts';
import type { Deployment } from '../../shared/domain/deployment.ts';
import type { Run, RunStatus } from '../../shared/domain/run.ts';
import type { World } from '../world/world.ts';
import { WorldError } from '../world/world-error.ts';
import { type GitlabReader, gitlabReader } from './gitlab-reader.ts';
import type { Outcome } from './outcome-table.ts';
import { poll } from './poll.ts';

export const MODEL = 'flight-delays';
const FINAL: readonly RunStatus[] = ['refused', 'live', 'routed-back', 'superseded', 'parked'];
const FOUR_HOURS = 4 * 3600;
const Mails = z.array(z.object({ id: z.union([z.string(), z.number()]), subject: z.string(), text: z.string() }));

/** What the demo looks at while a run goes its way: GitLab, the inbox, the run's own record, and the endpoint. */
export type Stage = {
  gitlab: GitlabReader;
  /** The run of a commit, once the control plane has set its commit status. `say` hears of the pipeline meanwhile. */
  runOf(sha: string, say: (line: string) => void): Promise<string>;
  /** Follows a run until it is in one of these states or ended; ended otherwise is an error with its reasons. */
  runUntil(runId: string, states: readonly RunStatus[], say: (line: string) => void): Promise<Run>;
  /** The link of the review that was mailed for this version. */
  reviewLink(run: Run): Promise<string>;
  /** Waits until somebody has decided the review, however long it takes. */
  decision(reviewId: string): Promise<void>;
  outcome(runId: string): Promise<Outcome>;
  deployments(): Promise<Deployment[]>;
  /** The name of the endpoint that serves prod. */
  prodEndpoint(): Promise<string>;
  /** Asks an endpoint through the runtime API. */
  invoke(endpointName: string, row: string): Promise<string>;
};

export function stageOf(world: Pick<World, 'environment' | 'urls'>): Stage {
  const { environment, urls } = world;
  const connection = { table: 'mlops-local', region: environment.AWS_REGION ?? '' };
  const timeline = dynamodbTimeline({ ...connection, bus: eventbridgeBus({ bus: 'mlops-local' }) });
  const runs = dynamodbRuns({ ...connection, bus: eventbridgeBus({ bus: 'mlops-local' }) });
  const deployments = dynamodbDeployments(connection);
  const reviews = dynamodbReviews(connection);
  const runtime = new SageMakerRuntimeClient({});
  const gitlab = gitlabReader({
    url: urls.gitlab,
    token: environment.GITLAB_TOKEN ?? '',
    project: environment.GITLAB_PROJECT ?? '',
  });

  return {
    gitlab,
    async runOf(sha, say) {
      const pipeline = await poll(`A pipeline for commit ${sha.slice(0, 8)}`, () => gitlab.pipelineOf(sha), {
        seconds: 30,
      });
      say(`pipeline ${pipeline.id} runs: lint, test, validate, package`);
      await poll(
        `The end of pipeline ${pipeline.id} (${pipeline.web_url})`,
        async () => {
          // The run's own status at the commit makes the pipeline run on, and may fail it.
          if ((await gitlab.statusOf(sha)) !== undefined) return true;
          const now = await gitlab.pipelineOf(sha);
          if (now?.status === 'failed')
            throw new WorldError(`Pipeline ${pipeline.id} failed: see ${pipeline.web_url}.`);
          return now?.status === 'success' ? true : undefined;
        },
        { seconds: 180 },
      );
      say('pipeline passed; waiting for its webhook to start a run');
      const status = await poll(
        `The commit status "mlops" of ${sha.slice(0, 8)}`,
        async () => {
          const now = await gitlab.statusOf(sha);
          return now?.target_url ? now : undefined;
        },
        { seconds: 60 },
      );
      return new URL(status.target_url ?? '').pathname.split('/').at(-1) ?? '';
    },
    runUntil: (runId, states, say) =>
      poll(
        `Run ${runId} (${urls.web}/runs/${runId}) reaching ${states.join(' or ')}`,
        async () => {
          const run = await runs.get(runId);
          const last = (await timeline.list(runId)).at(-1);
          if (last) say(last.summary);
          if (states.includes(run.status)) return run;
          if (FINAL.includes(run.status))
            throw new WorldError(
              `Run ${runId} ended as ${run.status}: ${run.reasons.join(' ')} See ${urls.web}/runs/${runId}.`,
            );
          return undefined;
        },
        { seconds: 240, everyMs: 400 },
      ),
    reviewLink: (run) =>
      poll(
        'A mail to the stewards with the link of the review',
        async () => {
          const mails = Mails.parse(await (await fetch(`${urls.inbox}/api/mails`)).json());
          const links = mails.flatMap(({ text }) => text.match(/https?:\/\/\S+\/reviews\/[0-9a-f]{32}/g) ?? []);
          return links.find((link) => link.endsWith(`/reviews/${run.reviewId}`));
        },
        { seconds: 30 },
      ),
    async decision(reviewId) {
      const open = async () => (await reviews.find(reviewId))?.status === 'pending';
      await poll(`A decision on review ${reviewId}`, async () => ((await open()) ? undefined : true), {
        seconds: FOUR_HOURS,
        everyMs: 1000,
      });
    },
    async outcome(runId) {
      const run = await runs.get(runId);
      const live = (await deployments.listByModel(MODEL)).filter((deployment) => deployment.live?.runId === runId);
      return {
        run,
        events: await timeline.list(runId),
        liveIn: run.environments.filter((name) => live.some(({ environment: at }) => at === name)),
      };
    },
    deployments: () => deployments.listByModel(MODEL),
    async prodEndpoint() {
      const prod = (await deployments.listByModel(MODEL)).find(({ environment: name }) => name === 'prod');
      if (!prod?.live) throw new WorldError('Nothing is live in prod.');
      return prod.endpointName;
    },
    async invoke(endpointName, row) {
      const answer = await runtime.send(
        new InvokeEndpointCommand({ EndpointName: endpointName, ContentType: 'text/csv', Body: row }),
      );
      return new TextDecoder().decode(answer.Body).trim();
    },
  };
}
