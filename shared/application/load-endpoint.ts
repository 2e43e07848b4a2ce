import type { Deployment } from '../domain/deployment.ts';
import { ContractBroken, DigestMismatch, NotFound } from '../domain/faults.ts';
import type { OnboardingRecord } from '../domain/onboarding.ts';
import { inOrder } from '../domain/order-events.ts';
import type { EnvironmentPolicy } from '../domain/policy.ts';
import type { GitlabUser, Run } from '../domain/run.ts';
import type { RunEvent } from '../domain/run-event.ts';
import type { Deployments } from '../ports/deployments.ts';
import type { Documents } from '../ports/documents.ts';
import type { Memberships } from '../ports/gitlab.ts';
import type { Onboarding } from '../ports/onboarding.ts';
import type { Runs, Timeline } from '../ports/runs.ts';
import { mayOperate } from './authorize-operator.ts';
import { authorizeReader } from './authorize-reader.ts';
import { readPolicy } from './read-run-documents.ts';
import type { EnvironmentPlace } from './request-rollback.ts';

export type EndpointSources = {
  deployments: Pick<Deployments, 'find'>;
  runs: Pick<Runs, 'find'>;
  timeline: Pick<Timeline, 'list'>;
  documents: Pick<Documents, 'read'>;
  onboarding: Pick<Onboarding, 'ofModel'>;
  memberships: Pick<Memberships, 'inGroup' | 'inProject'>;
};

type EndpointDossier = {
  record: OnboardingRecord;
  environment: string;
  /** `undefined` where nothing was ever rolled out. */
  deployment: Deployment | undefined;
  /** The run of the live version. */
  liveRun: Run | undefined;
  /** How the live version's policy wants to be served here; `undefined` also where it can't be read. */
  setting: EnvironmentPolicy | undefined;
  /** What happened here to the versions that are, were or come back live; oldest first. */
  history: RunEvent[];
  mayOperate: boolean;
};

/** One environment of a model, for who may read it; `undefined` where there is none or they may not know of it. */
export async function findEndpoint(
  { model, environment }: EnvironmentPlace,
  user: GitlabUser,
  sources: Pick<EndpointSources, 'onboarding' | 'memberships' | 'deployments'>,
): Promise<Pick<EndpointDossier, 'record' | 'environment' | 'deployment'> | undefined> {
  const record = sources.onboarding.ofModel(model);
  if (record === undefined || (await authorizeReader(record, user.id, sources.memberships)) === undefined)
    return undefined;
  const deployment = await sources.deployments.find(model, environment);
  if (deployment === undefined && !record.floors.environments.includes(environment)) return undefined;
  return { record, environment, deployment };
}

/** The same with all that its page shows. */
export async function loadEndpoint(
  place: EnvironmentPlace,
  user: GitlabUser,
  sources: EndpointSources,
): Promise<EndpointDossier | undefined> {
  const found = await findEndpoint(place, user, sources);
  if (found === undefined) return undefined;
  const { record, environment, deployment } = found;
  const liveRun = deployment?.live && (await sources.runs.find(deployment.live.runId));
  const [setting, history, allowed] = await Promise.all([
    liveRun && settingOf(liveRun, environment, sources),
    deployment === undefined ? [] : historyOf(deployment, sources),
    mayOperate(record, user.id, sources.memberships),
  ]);
  return { ...found, liveRun, setting, history, mayOperate: allowed };
}

/** A policy that is damaged must not keep on-call from the button that takes its version out. */
async function settingOf(
  run: Run,
  environment: string,
  { documents }: EndpointSources,
): Promise<EnvironmentPolicy | undefined> {
  try {
    const { environments } = await readPolicy(documents, run);
    return environments.find(({ name }) => name === environment);
  } catch (error) {
    if (error instanceof ContractBroken || error instanceof DigestMismatch || error instanceof NotFound)
      return undefined;
    throw error;
  }
}

/** What is told in two timelines, of the version that is left and of the one that comes back, is told once. */
async function historyOf(
  { environment, live, former, rolledBack, pending }: Deployment,
  { timeline }: EndpointSources,
): Promise<RunEvent[]> {
  const runIds = [former, rolledBack, live, pending].flatMap((release) =>
    release === undefined ? [] : [release.runId],
  );
  const lists = await Promise.all([...new Set(runIds)].map((runId) => timeline.list(runId)));
  const here = lists.flat().filter((event) => event.environment === environment);
  const once = new Map(here.map((event) => [`${event.at} ${event.summary}`, event]));
  return inOrder([...once.values()]);
}
