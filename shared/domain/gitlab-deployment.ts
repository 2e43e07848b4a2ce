import type { Run } from './run.ts';

/** GitLab's words for what an environment is for. */
const TIERS: Readonly<Record<string, string>> = {
  prod: 'production',
  production: 'production',
  staging: 'staging',
  stage: 'staging',
  qa: 'testing',
  test: 'testing',
  dev: 'development',
};

/** The deployment that tells GitLab where a run's commit goes. */
export function gitlabDeploymentOf(run: Pick<Run, 'commit' | 'ref'>, environment: string) {
  return { environment, tier: TIERS[environment] ?? 'other', sha: run.commit, ref: run.ref };
}
