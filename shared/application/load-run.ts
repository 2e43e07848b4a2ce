import { GateVerdict } from '../domain/gate-verdict.ts';
import type { GitlabUser, Run } from '../domain/run.ts';
import type { RunEvent } from '../domain/run-event.ts';
import type { Documents } from '../ports/documents.ts';
import { MAINTAINER, type Memberships } from '../ports/gitlab.ts';
import type { Onboarding } from '../ports/onboarding.ts';
import type { Runs, Timeline } from '../ports/runs.ts';
import { authorizeReader } from './authorize-reader.ts';
import { readDocument } from './read-document.ts';

type RunDossier = { run: Run; timeline: RunEvent[]; verdict?: GateVerdict; mayRetry: boolean };

export type RunSources = {
  runs: Pick<Runs, 'find'>;
  timeline: Pick<Timeline, 'list'>;
  documents: Pick<Documents, 'read'>;
  onboarding: Onboarding;
  memberships: Pick<Memberships, 'inGroup' | 'inProject'>;
};

/** The run as this person may see it; `undefined` where there is none or they may not know of it. */
export async function loadRun(runId: string, user: GitlabUser, sources: RunSources): Promise<RunDossier | undefined> {
  const { documents, memberships } = sources;
  const run = await sources.runs.find(runId);
  const record = run && sources.onboarding.ofModel(run.model);
  if (run === undefined || record === undefined) return undefined;
  if ((await authorizeReader(record, user.id, memberships)) === undefined) return undefined;
  const [timeline, verdict, projectAccess] = await Promise.all([
    sources.timeline.list(runId),
    run.verdict && readDocument(documents, GateVerdict, run.verdict, "The gates' verdict"),
    memberships.inProject(run.projectId, user.id),
  ]);
  return { run, timeline, ...(verdict && { verdict }), mayRetry: (projectAccess ?? 0) >= MAINTAINER };
}
