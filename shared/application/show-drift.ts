import { VARIANT } from '../domain/capture-place.ts';
import type { Case } from '../domain/case.ts';
import { reportPageOf } from '../domain/case-places.ts';
import { describeDrift } from '../domain/describe-drift.ts';
import type { DocumentReference } from '../domain/identifiers.ts';
import type { MonitorWindow } from '../domain/monitor-window.ts';
import type { Policy } from '../domain/policy.ts';
import type { CaseEvidence } from '../domain/write-case.ts';
import type { Documents } from '../ports/documents.ts';
import type { IssueThreads } from '../ports/gitlab.ts';
import type { MonitorWindows } from '../ports/monitor-windows.ts';
import type { EvidenceSource } from './fulfil-duties.ts';

export type ShowDriftDeps = {
  windows: Pick<MonitorWindows, 'find'>;
  documents: Pick<Documents, 'read'>;
  threads: Pick<IssueThreads, 'attach'>;
  publicUrl: string;
};

/** What the issue of a case of drift is made of. */
export function driftSource(policy: Policy, deps: ShowDriftDeps): EvidenceSource {
  return { labels: policy.feedback.issueLabels, evidenceOf: (current) => showDrift(current, deps) };
}

/** The newest breach of a case as its issue shows it: what moved, the page, and the reports, uploaded to the project. */
async function showDrift(current: Case, deps: ShowDriftDeps): Promise<CaseEvidence> {
  const { model, environment, projectId } = current;
  const window = current.recoveredInARow === 0 ? current.lastWindow : current.firstWindow;
  const row = await deps.windows.find({ model, environment, variant: VARIANT, window });
  if (row === undefined) return { findings: ['The record of the window is gone.'], links: [] };
  const page = `[The report of the window](${reportPageOf(deps.publicUrl, model, environment, window)})`;
  return { findings: describeDrift(row), links: [page, ...(await attachReports(row, projectId, deps))] };
}

async function attachReports(
  { page, report }: MonitorWindow,
  projectId: number,
  deps: ShowDriftDeps,
): Promise<string[]> {
  const files: [string, string, DocumentReference | undefined][] = [
    ['report.html', 'text/html', page],
    ['report.json', 'application/json', report],
  ];
  const links: string[] = [];
  for (const [name, contentType, reference] of files) {
    if (reference === undefined) continue;
    const bytes = await deps.documents.read(reference);
    links.push(await deps.threads.attach(projectId, { name, contentType, bytes }));
  }
  return links;
}
