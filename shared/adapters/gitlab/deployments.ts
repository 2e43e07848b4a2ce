import * as z from 'zod';
import { ContractBroken } from '../../domain/faults.ts';
import type { GitlabDeployments } from '../../ports/gitlab.ts';
import { apiPath, type GitlabClient } from './client.ts';
import { refusalText } from './refusal-text.ts';

const Environment = z.looseObject({ id: z.number().int(), name: z.string() });
const Deployment = z.looseObject({ id: z.number().int(), sha: z.string(), status: z.string() });

export function gitlabDeployments(client: GitlabClient): GitlabDeployments {
  /** Made beforehand, because only so it gets its tier. */
  async function ensureEnvironment(projectId: number, name: string, tier: string): Promise<void> {
    const path = apiPath`/projects/${projectId}/environments`;
    const found = await client.list(path, Environment, { name });
    if (found?.some((environment) => environment.name === name)) return;
    const answer = await client.write('POST', path, { name, tier });
    if (answer.status === 400 && refusalText(answer.body).includes('taken')) return;
    client.parsed(Environment, answer, `POST ${path}`);
  }

  return {
    async start(projectId, { environment, tier, sha, ref }) {
      const path = apiPath`/projects/${projectId}/deployments`;
      const [running] = await Promise.all([
        client.list(path, Deployment, { environment, status: 'running' }),
        ensureEnvironment(projectId, environment, tier),
      ]);
      const open = running?.find((deployment) => deployment.sha === sha && deployment.status === 'running');
      if (open !== undefined) return { id: open.id };
      const body = { environment, sha, ref, tag: false, status: 'running' };
      const { id } = client.parsed(Deployment, await client.write('POST', path, body), `POST ${path}`);
      return { id };
    },

    async finish(projectId, deploymentId, status) {
      const path = apiPath`/projects/${projectId}/deployments/${deploymentId}`;
      const answer = await client.write('PUT', path, { status });
      if (answer.status < 300) return;
      const text = refusalText(answer.body);
      // A deployment that stands so already, or that GitLab has dropped, needs no ending.
      if (answer.status === 404) return;
      if (answer.status === 400 && /cannot transition/i.test(text)) return;
      throw new ContractBroken(
        `GitLab refused to end deployment ${deploymentId} as ${status} (${answer.status}): ${text}.`,
      );
    },
  };
}
