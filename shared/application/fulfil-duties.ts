import type { Case } from '../domain/case.ts';
import { type CaseDuty, dutiesOf, fulfilled, withIssue } from '../domain/case-duties.ts';
import { type CaseEvidence, caseMarkerOf, writeCaseIssue, writeCaseNote } from '../domain/write-case.ts';
import type { Issues, IssueThreads } from '../ports/gitlab.ts';
import { type WorkOnCaseDeps, workOnCase } from './work-on-case.ts';

export type FulfilDutiesDeps = WorkOnCaseDeps & {
  issues: Pick<Issues, 'openOnce'>;
  threads: Pick<IssueThreads, 'noteOnce' | 'close'>;
  publicUrl: string;
};

/** What the issue shows of the breaches; asked for only where it is told of them. */
export type EvidenceSource = {
  labels: readonly string[];
  evidenceOf: (current: Case) => Promise<CaseEvidence>;
};

/** Tells GitLab all that it has yet to be told of the case. Every part finds what an earlier try did, so a repetition adds nothing. */
export async function fulfilDuties(current: Case, source: EvidenceSource, deps: FulfilDutiesDeps): Promise<Case> {
  if (dutiesOf(current, deps.now()).length === 0) return current;
  return workOnCase(current, deps, async (claimed) => {
    let worked = claimed;
    for (const duty of dutiesOf(claimed, deps.now())) worked = await fulfil(duty, worked, source, deps);
    return worked;
  });
}

async function fulfil(duty: CaseDuty, current: Case, source: EvidenceSource, deps: FulfilDutiesDeps): Promise<Case> {
  const { cases, issues, threads, publicUrl, now } = deps;
  const { projectId, issue } = current;
  if (duty.kind === 'open-issue') {
    const text = writeCaseIssue({ current, evidence: await source.evidenceOf(current), publicUrl });
    const wanted = { marker: caseMarkerOf(current), ...text, labels: source.labels };
    const { iid, webUrl } = await issues.openOnce(projectId, wanted);
    return cases.change(current, (latest) => withIssue(latest, { iid, webUrl }, now()));
  }
  if (issue === undefined) return current;
  const evidence = duty.kind === 'tell-breaches' ? await source.evidenceOf(current) : { findings: [], links: [] };
  const body = writeCaseNote(duty, { current, evidence, publicUrl });
  // An issue that is gone takes no note; the case goes on without it.
  await threads.noteOnce(projectId, issue.iid, { marker: caseMarkerOf(current, duty.key), body });
  if (duty.kind === 'close-issue') await threads.close(projectId, issue.iid);
  return cases.change(current, (latest) => fulfilled(latest, duty, now()));
}
