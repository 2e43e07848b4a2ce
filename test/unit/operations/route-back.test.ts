import { describe, expect, it } from '@jest/globals';
import { step } from '../../../functions/operations/route-back.ts';
import { canonicalJson } from '../../../shared/domain/canonical-json.ts';
import type { GateVerdict } from '../../../shared/domain/gate-verdict.ts';
import type { Run } from '../../../shared/domain/run.ts';
import type { RunEnd } from '../../../shared/domain/run-end.ts';
import { acceptedRun } from '../../fakes/accepted-run.ts';
import { fakeCommitStatuses, fakeIssues } from '../../fakes/gitlab.ts';
import { fakeLeases } from '../../fakes/leases.ts';
import { fakeRendezvous } from '../../fakes/rendezvous.ts';
import { fakeRuns } from '../../fakes/runs.ts';
import { fakeModelRegistry } from '../../fakes/sagemaker.ts';
import { NOON } from '../../fakes/sample-records.ts';

const verdict: GateVerdict = {
  verdict: 'rejected',
  results: [
    {
      gate: { metric: 'binary_classification_metrics.auc.value', min: 0.7 },
      origin: 'policy',
      metric: 'binary_classification_metrics.auc.value',
      operator: '≥',
      value: 0.619,
      threshold: 0.7,
      rows: 17867,
      result: 'rejected',
      sentence: 'binary_classification_metrics.auc.value is 0.619; ≥ 0.7 is needed.',
    },
  ],
  problems: [],
  championPresent: false,
};

async function world(changes: Partial<Run> = {}) {
  const { run: accepted, documents } = await acceptedRun({ status: 'judging', ...changes });
  const reference = await documents.write('documents/verdict.json', canonicalJson(verdict), 'application/json');
  const run = { ...accepted, verdict: reference };
  const runs = fakeRuns();
  runs.put(run);
  const deps = {
    runs,
    timeline: runs.timeline,
    documents,
    registry: fakeModelRegistry(),
    issues: fakeIssues(),
    statuses: fakeCommitStatuses(),
    leases: fakeLeases(),
    rendezvous: fakeRendezvous(),
    publicUrl: 'https://mlops.example.com',
    now: () => NOON,
  };
  const rejected: RunEnd = { outcome: 'rejected', reasons: ['auc is 0.619; ≥ 0.7 is needed.'] };
  const routeBack = (end: RunEnd = rejected) => step.run({ runId: run.runId, attempt: run.attempt, end }, deps);
  return { run, deps, routeBack, current: () => runs.get(run.runId) };
}

describe('routing a run back', () => {
  it('opens one issue with the numbers and links, labelled as the policy says', async () => {
    const w = await world();
    const { issueUrl } = await w.routeBack();
    const [issue] = w.deps.issues.opened;
    expect(issue).toMatchObject({ projectId: 17, labels: ['model-feedback'], marker: `mlops-run:${w.run.runId}` });
    expect(issue?.description).toContain(
      '| ✕ failed | `binary_classification_metrics.auc.value` | 0.619 | ≥ 0.70 | – | 17867 | the policy |',
    );
    expect(issue?.description).toContain(`https://mlops.example.com/runs/${w.run.runId}`);
    expect(await w.current()).toMatchObject({ status: 'routed-back', issueUrl, endedAt: NOON });
    expect(w.deps.statuses.latest(w.run.commit)).toMatchObject({
      state: 'failed',
      description: 'auc is 0.619; ≥ 0.7 is needed.',
    });
    expect(w.deps.timeline.bus.facts[0]).toMatchObject({ detailType: 'RunRoutedBack.v1', detail: { issueUrl } });
  });

  it('tells of a policy that was tampered with, though it can not ask it for labels', async () => {
    const w = await world();
    if (w.run.policy) w.deps.documents.tamper(w.run.policy, '{}');
    await w.routeBack({ outcome: 'blocked', reasons: ['The recorded policy is missing or was changed.'] });
    expect(w.deps.issues.opened).toEqual([expect.objectContaining({ labels: [] })]);
    expect(await w.current()).toMatchObject({ status: 'routed-back' });
  });

  it('doubles nothing when it is repeated', async () => {
    const w = await world();
    await w.routeBack();
    await w.routeBack();
    expect(w.deps.issues.opened).toHaveLength(1);
    expect(w.deps.timeline.events).toHaveLength(1);
  });

  it('marks a registered version as Rejected with the reason', async () => {
    const w = await world();
    const request = { runId: w.run.runId, group: 'g', properties: {} } as Parameters<
      typeof w.deps.registry.register
    >[0];
    const { modelPackageArn, version } = await w.deps.registry.register(request);
    const artifact = {
      artifactUri: 's3://mlops-test/approved/x/model.tar.gz',
      artifactSha256: 'b'.repeat(64),
      image: 'i',
    };
    const goldenAnswers = { uri: 's3://mlops-test/x', versionId: 'v', sha256: 'a'.repeat(64) };
    w.deps.runs.put({ ...w.run, registered: { modelPackageArn, version, ...artifact, goldenAnswers } });
    await w.routeBack({ outcome: 'failed', reasons: ['The endpoint is slow.'], environment: 'qa' });
    expect(w.deps.registry.versions[0]).toMatchObject({
      approvalStatus: 'Rejected',
      description: 'The endpoint is slow.',
    });
    expect(w.deps.issues.opened[0]?.title).toContain('Version 1 of flight-delays failed in qa');
  });

  it('lets nothing that people wrote act in the issue', async () => {
    const w = await world({ commitTitle: '@all ![x](http://evil) <script> closes #1' });
    await w.routeBack({
      outcome: 'rejected',
      reasons: ['/close\n/assign @boss', 'token glpat-0123456789abcdefghij', '| a | b |'],
    });
    const description = w.deps.issues.opened[0]?.description ?? '';
    expect(description).not.toMatch(/^\/(?:close|assign)/m);
    expect(description).not.toMatch(/(?<!\\)@(?:all|boss)/);
    expect(description).not.toContain('<script>');
    expect(description).not.toContain('![x]');
    expect(description).not.toContain('glpat-0123456789');
  });

  it('ends the run last, so that a failure of GitLab is made good by a repetition', async () => {
    const w = await world();
    const { openOnce } = w.deps.issues;
    w.deps.issues.openOnce = async () => Promise.reject(new Error('GitLab is away'));
    await expect(w.routeBack()).rejects.toThrow('GitLab is away');
    expect((await w.current()).status).toBe('judging');
    w.deps.issues.openOnce = openOnce;
    await w.routeBack();
    expect((await w.current()).status).toBe('routed-back');
  });
});
