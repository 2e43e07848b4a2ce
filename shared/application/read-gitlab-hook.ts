import * as z from 'zod';
import { GitlabIssueHook } from '../../events/contracts/gitlab-issue-hook.ts';
import { GitlabNoteHook } from '../../events/contracts/gitlab-note-hook.ts';
import { GitlabPipelineHook } from '../../events/contracts/gitlab-pipeline-hook.ts';
import { issueReportedOf } from '../../events/contracts/issue-reported.ts';
import { noteReportedOf } from '../../events/contracts/note-reported.ts';
import { pipelineReportedOf } from '../../events/contracts/pipeline-reported.ts';
import { decideOnPipeline } from '../domain/accept-rules.ts';
import type { Fact } from '../ports/bus.ts';
import type { Onboarding } from '../ports/onboarding.ts';

type Records = Pick<Onboarding, 'ofProject'>;
type Kept = { deliveryId: string; receivedAt: string };

/** What a verified hook says: a fact, or why it leads nowhere, or what is wrong with it. */
export type HookReading = { fact: Fact } | { ignored: string } | { problem: string };

type Reader = (payload: unknown, kept: Kept, onboarding: Records) => HookReading;

/** Issues of cases are confidential, and GitLab has hooks of their own for those. */
const READERS: Readonly<Record<string, Reader>> = {
  'Pipeline Hook': readPipeline,
  'Issue Hook': readIssue,
  'Confidential Issue Hook': readIssue,
  'Note Hook': readNote,
  'Confidential Note Hook': readNote,
};

/** `event` is the header `X-Gitlab-Event`. */
export function readGitlabHook(event: string, payload: unknown, kept: Kept, onboarding: Records): HookReading {
  const reader = Object.hasOwn(READERS, event) ? READERS[event] : undefined;
  if (reader === undefined)
    return { ignored: `${event} leads to nothing; only hooks of pipelines, issues and comments do.` };
  return reader(payload, kept, onboarding);
}

function readPipeline(payload: unknown, { deliveryId, receivedAt }: Kept, onboarding: Records): HookReading {
  const hook = GitlabPipelineHook.safeParse(payload);
  if (!hook.success) return problem('pipeline', hook.error);
  const report = pipelineReportedOf(hook.data, deliveryId, receivedAt);
  const acceptance = decideOnPipeline(report, onboarding.ofProject(report.project.id));
  if (acceptance.outcome === 'ignored') return { ignored: acceptance.reason };
  return { fact: { detailType: 'PipelineReported.v1', detail: report, occurredAt: receivedAt } };
}

function readIssue(payload: unknown, { deliveryId, receivedAt }: Kept, onboarding: Records): HookReading {
  const hook = GitlabIssueHook.safeParse(payload);
  if (!hook.success) return problem('issue', hook.error);
  const report = issueReportedOf(hook.data, deliveryId, receivedAt);
  if (report === undefined) return { ignored: 'The issue was neither closed nor reopened.' };
  if (onboarding.ofProject(report.projectId) === undefined) return notOnboarded(report.projectId);
  return { fact: { detailType: 'IssueReported.v1', detail: report, occurredAt: receivedAt } };
}

function readNote(payload: unknown, { deliveryId, receivedAt }: Kept, onboarding: Records): HookReading {
  const hook = GitlabNoteHook.safeParse(payload);
  if (!hook.success) return problem('comment', hook.error);
  const report = noteReportedOf(hook.data, deliveryId, receivedAt);
  if (report === undefined) return { ignored: 'The comment is no new command (`/mlops …`) under an issue.' };
  if (onboarding.ofProject(report.projectId) === undefined) return notOnboarded(report.projectId);
  return { fact: { detailType: 'NoteReported.v1', detail: report, occurredAt: receivedAt } };
}

function notOnboarded(projectId: number): HookReading {
  return { ignored: `The project with id ${projectId} is not onboarded.` };
}

function problem(what: string, error: z.ZodError): HookReading {
  return { problem: `The ${what} hook is not as GitLab documents it: ${z.prettifyError(error).slice(0, 500)}` };
}
