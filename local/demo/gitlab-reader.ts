import * as z from 'zod';
import { WorldError } from '../world/world-error.ts';

const Pipelines = z.array(
  z.object({ id: z.number(), status: z.string(), source: z.string(), web_url: z.string(), created_at: z.string() }),
);
const Statuses = z.array(
  z.object({
    name: z.string(),
    status: z.string(),
    target_url: z.string().nullable(),
    description: z.string().nullable(),
  }),
);
const Jobs = z.array(z.object({ name: z.string(), status: z.string() }));
const IssueList = z.array(
  z.object({
    iid: z.number(),
    title: z.string(),
    description: z.string(),
    confidential: z.boolean(),
    web_url: z.string(),
  }),
);

export type Pipeline = z.infer<typeof Pipelines>[number];
export type CommitStatus = z.infer<typeof Statuses>[number];
export type Issue = z.infer<typeof IssueList>[number];

/** What a data scientist looks up in GitLab. */
export type GitlabReader = {
  pipelineOf(sha: string): Promise<Pipeline | undefined>;
  /** Ids of the pipelines since then whose `package` job passed, those that ask for a run; at most the newest hundred. */
  packagedPipelines(since: string): Promise<number[]>;
  /** The newest status `mlops` of the commit. */
  statusOf(sha: string): Promise<CommitStatus | undefined>;
  issues(): Promise<Issue[]>;
};

export function gitlabReader(options: { url: string; token: string; project: string }): GitlabReader {
  const base = `${options.url}/api/v4/projects/${encodeURIComponent(options.project)}`;
  const get = async <Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema>> => {
    const response = await fetch(`${base}${path}`, { headers: { 'private-token': options.token } });
    if (!response.ok) throw new WorldError(`GitLab answered ${response.status} to GET ${path}.`);
    return schema.parse(await response.json());
  };
  return {
    pipelineOf: async (sha) =>
      (await get(`/pipelines?sha=${sha}`, Pipelines)).find(({ source }) => source !== 'external'),
    async packagedPipelines(since) {
      const passed: number[] = [];
      for (const { id, source, created_at } of await get('/pipelines?per_page=100', Pipelines)) {
        if (source === 'external' || created_at < since) continue;
        const jobs = await get(`/pipelines/${id}/jobs`, Jobs);
        if (jobs.some(({ name, status }) => name === 'package' && status === 'success')) passed.push(id);
      }
      return passed;
    },
    statusOf: async (sha) =>
      (await get(`/repository/commits/${sha}/statuses`, Statuses)).find(({ name }) => name === 'mlops'),
    issues: () => get('/issues?state=opened', IssueList),
  };
}
