import { describe, expect, it, jest } from '@jest/globals';
import { step } from '../../../functions/operations/conclude-run.ts';
import type { Run } from '../../../shared/domain/run.ts';
import type { ModelRegistry } from '../../../shared/ports/sagemaker.ts';
import { fakeCommitStatuses } from '../../fakes/gitlab.ts';
import { fakeLeases } from '../../fakes/leases.ts';
import { fakeRendezvous } from '../../fakes/rendezvous.ts';
import { fakeRuns } from '../../fakes/runs.ts';
import { NOON, sampleRun } from '../../fakes/sample-records.ts';

function world() {
  const runs = fakeRuns();
  return {
    runs,
    timeline: runs.timeline,
    leases: fakeLeases(),
    rendezvous: fakeRendezvous(),
    statuses: fakeCommitStatuses(),
    registry: { setApproval: jest.fn<ModelRegistry['setApproval']>(async () => undefined) },
    publicUrl: 'https://mlops.example.com',
    now: () => NOON,
  };
}

const registered: Run['registered'] = {
  modelPackageArn: 'arn:aws:sagemaker:eu-central-1:000000000000:model-package/mlops-test-flight-delays/7',
  version: 7,
  artifactUri: `s3://mlops-test/approved/${'b'.repeat(64)}/model.tar.gz`,
  artifactSha256: 'b'.repeat(64),
  image: 'image',
  goldenAnswers: { uri: 's3://mlops-test/documents/x', versionId: 'v', sha256: 'a'.repeat(64) },
};

describe('concluding a run', () => {
  it('ends it as live, with a green commit and a fact for the bus', async () => {
    const deps = world();
    const run = deps.runs.put(sampleRun({ status: 'rolling-out', registered }));
    const end = { outcome: 'live' as const, reasons: [] };
    await expect(step.run({ runId: run.runId, attempt: 1, end }, deps)).resolves.toEqual({ outcome: 'live' });
    expect(await deps.runs.get(run.runId)).toMatchObject({ status: 'live', endedAt: NOON });
    expect(deps.timeline.events.map(({ summary }) => summary)).toEqual(['Version 7 is live in dev, qa, prod.']);
    expect(deps.timeline.bus.facts.map(({ detailType }) => detailType)).toEqual(['ModelLive.v1']);
  });

  it('changes nothing when it is repeated', async () => {
    const deps = world();
    const run = deps.runs.put(sampleRun({ status: 'rolling-out', registered }));
    const input = { runId: run.runId, attempt: 1, end: { outcome: 'live' as const, reasons: [] } };
    await step.run(input, deps);
    await expect(step.run(input, deps)).resolves.toEqual({ outcome: 'ended-already' });
    expect(deps.timeline.events).toHaveLength(1);
  });

  it('rejects the version of a superseded candidate in the registry, because nobody approved it', async () => {
    const deps = world();
    const run = deps.runs.put(sampleRun({ status: 'awaiting-approval', registered }));
    const end = { outcome: 'superseded' as const, reasons: ['A newer candidate took its place.'] };
    await step.run({ runId: run.runId, attempt: 1, end }, deps);
    expect(deps.registry.setApproval).toHaveBeenCalledWith(
      registered?.modelPackageArn,
      'Rejected',
      'Superseded. A newer candidate took its place.',
    );
    expect((await deps.runs.get(run.runId)).status).toBe('superseded');
  });

  it('leaves the version of a superseded run as it is where a steward had approved it', async () => {
    const deps = world();
    const approval: Run['approval'] = {
      decidedBy: { id: 3, username: 'steward-1', name: 'Stella' },
      decidedAt: NOON,
      packetSha256: 'a'.repeat(64),
      artifactSha256: 'b'.repeat(64),
      policySha256: 'c'.repeat(64),
    };
    const run = deps.runs.put(sampleRun({ status: 'rolling-out', registered, approval }));
    await step.run({ runId: run.runId, attempt: 1, end: { outcome: 'superseded', reasons: [] } }, deps);
    expect(deps.registry.setApproval).not.toHaveBeenCalled();
  });
});
