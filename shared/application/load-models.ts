import type { Deployment } from '../domain/deployment.ts';
import type { OnboardingRecord } from '../domain/onboarding.ts';
import type { GitlabUser, Run } from '../domain/run.ts';
import type { Deployments } from '../ports/deployments.ts';
import type { Memberships } from '../ports/gitlab.ts';
import type { Onboarding } from '../ports/onboarding.ts';
import type { Runs } from '../ports/runs.ts';
import { authorizeReader } from './authorize-reader.ts';

export type ModelSources = {
  runs: Pick<Runs, 'listByModel'>;
  deployments: Pick<Deployments, 'listByModel'>;
  onboarding: Onboarding;
  memberships: Pick<Memberships, 'inGroup' | 'inProject'>;
};

type ModelDossier = { record: OnboardingRecord; deployments: Deployment[]; runs: Run[] };

const RUNS_OF_A_MODEL = 50;
const RUNS_OF_A_SUMMARY = 10;
/** Models that are asked about at the same time. */
const AT_ONCE = 8;

/** The model as this person may see it; `undefined` where there is none or they may not know of it. */
export async function loadModel(
  model: string,
  user: GitlabUser,
  sources: ModelSources,
): Promise<ModelDossier | undefined> {
  const record = sources.onboarding.ofModel(model);
  return record && loadReadable(record, user, sources, RUNS_OF_A_MODEL);
}

/** Every model that this person may see, by name. */
export async function loadModels(user: GitlabUser, sources: ModelSources): Promise<ModelDossier[]> {
  const records = sources.onboarding.all().toSorted((a, b) => a.model.localeCompare(b.model));
  const readable: ModelDossier[] = [];
  for (let at = 0; at < records.length; at += AT_ONCE) {
    const some = records.slice(at, at + AT_ONCE);
    const loaded = await Promise.all(some.map((record) => loadReadable(record, user, sources, RUNS_OF_A_SUMMARY)));
    readable.push(...loaded.filter((dossier) => dossier !== undefined));
  }
  return readable;
}

/** The environments in their order of roll-out: those that the platform asks for, then any other that has something. */
export function environmentsOf({ record, deployments }: ModelDossier): string[] {
  return [...new Set([...record.floors.environments, ...deployments.map(({ environment }) => environment)])];
}

async function loadReadable(
  record: OnboardingRecord,
  user: GitlabUser,
  { memberships, deployments, runs }: ModelSources,
  runCount: number,
): Promise<ModelDossier | undefined> {
  if ((await authorizeReader(record, user.id, memberships)) === undefined) return undefined;
  const [deployed, recent] = await Promise.all([
    deployments.listByModel(record.model),
    runs.listByModel(record.model, runCount),
  ]);
  return { record, deployments: deployed, runs: recent };
}
