import { openStore } from '../../../local/sagemaker/state/store.ts';
import { median, quantile } from '../figures.ts';
import type { Api } from './http-client.ts';
import { noopPipeline, ROLE } from './requests.ts';

export const PIPELINES = 1000;
export const EXECUTIONS_EACH = 10;
const ACCOUNT = 'arn:aws:sagemaker:eu-central-1:000000000000';

/** Writes pipelines and ended executions through the server's own store; creating them by requests would take minutes. */
export function writeManyPipelines(stateFolder: string): void {
  const store = openStore(stateFolder);
  const definition = noopPipeline('s3://bench/code/noop.py');
  for (let index = 0; index < PIPELINES; index += 1) {
    const name = `many-${String(index).padStart(4, '0')}`;
    const arn = `${ACCOUNT}:pipeline/${name}`;
    const createdAt = new Date(Date.UTC(2026, 0, 1) + index * 60_000);
    store.pipelines.put(name, {
      PipelineName: name,
      PipelineArn: arn,
      PipelineDisplayName: name,
      RoleArn: ROLE,
      PipelineStatus: 'Active',
      CreationTime: createdAt,
      LastModifiedTime: createdAt,
      LastRunTime: createdAt,
      versions: [{ id: 1, definition, createdAt }],
      createToken: `token-of-${name}`,
    });
    for (let run = 0; run < EXECUTIONS_EACH; run += 1) {
      const id = `${String(index).padStart(4, '0')}run${String(run).padStart(5, '0')}`;
      const at = new Date(createdAt.getTime() + run * 1000);
      store.executions.put(`${arn}/execution/${id}`, {
        ...{ id, arn: `${arn}/execution/${id}`, pipelineName: name, pipelineArn: arn, versionId: 1, definition },
        ...{ roleArn: ROLE, parameters: [], status: 'Succeeded', displayName: `execution-${run}` },
        ...{
          createdAt: at,
          modifiedAt: at,
          endedAt: at,
          startToken: `start-${id}`,
          retryTokens: [],
          formerAttempts: {},
        },
        steps: ['First', 'Second', 'Third'].map((step) => ({
          ...{ name: step, type: 'Processing', status: 'Succeeded' as const, startedAt: at, endedAt: at, attempt: 1 },
          metadata: { ProcessingJob: { Arn: `${ACCOUNT}:processing-job/${id}-${step}` } },
        })),
      });
    }
  }
}

type Pages = { medianMs: number; slowestMs: number; pages: number };

/** Time a page of all pipelines, and of the executions of each. @throws if a list isn't whole */
export async function measureLists(api: Api): Promise<{ pipelines: Pages; executions: Pages }> {
  const pipelines = await walk(api, 'ListPipelines', 'PipelineSummaries', {
    PipelineNamePrefix: 'many',
    MaxResults: 100,
  });
  requireCount('pipelines', pipelines.items.length, PIPELINES);
  const times: number[] = [];
  for (let index = 0; index < PIPELINES; index += 10) {
    const input = { PipelineName: `many-${String(index).padStart(4, '0')}`, MaxResults: 5 };
    const executions = await walk(api, 'ListPipelineExecutions', 'PipelineExecutionSummaries', input);
    requireCount('executions', executions.items.length, EXECUTIONS_EACH);
    times.push(...executions.times);
  }
  return { pipelines: pagesOf(pipelines.times), executions: pagesOf(times) };
}

async function walk(api: Api, operation: string, member: string, input: Record<string, unknown>) {
  const items: unknown[] = [];
  const times: number[] = [];
  let NextToken: unknown;
  do {
    const began = performance.now();
    const answer = await api(operation, { ...input, ...(NextToken === undefined ? {} : { NextToken }) });
    times.push(performance.now() - began);
    const found = answer[member];
    if (Array.isArray(found)) items.push(...found);
    NextToken = answer.NextToken;
  } while (NextToken !== undefined);
  return { items, times };
}

function pagesOf(times: number[]): Pages {
  return { medianMs: median(times), slowestMs: quantile(times, 1), pages: times.length };
}

function requireCount(what: string, found: number, wanted: number): void {
  if (found !== wanted) throw new Error(`The list has ${found} ${what}, and should have ${wanted}.`);
}
