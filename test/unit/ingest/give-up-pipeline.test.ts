import { describe, expect, it } from '@jest/globals';
import { GitlabPipelineHook } from '../../../events/contracts/gitlab-pipeline-hook.ts';
import { PipelineReported, pipelineReportedOf } from '../../../events/contracts/pipeline-reported.ts';
import { tellOfLostPipeline } from '../../../shared/application/tell-of-lost-pipeline.ts';
import { PermissionRefused } from '../../../shared/domain/faults.ts';
import { type Consumer, consumeMessage, TRIES } from '../../../shared/runtime/lambda-consumer.ts';
import { fakeNotices } from '../../fakes/notices.ts';
import { fakeOnboarding } from '../../fakes/onboarding.ts';
import { NOON, sampleOnboarding } from '../../fakes/sample-records.ts';
import { pipelineHook } from './pipeline-hook.ts';

type Deps = Parameters<typeof tellOfLostPipeline>[2];

function world(onboarding = fakeOnboarding(sampleOnboarding())) {
  const notices = fakeNotices();
  const deps: Deps = { notices, onboarding };
  const consumer: Consumer<typeof PipelineReported, Deps> = {
    detail: PipelineReported,
    run: () => Promise.reject(new PermissionRefused("GitLab's token may not read the repository.")),
    giveUp: ({ detail }, error, dependencies) => tellOfLostPipeline(detail, error, dependencies),
  };
  const detail = pipelineReportedOf(GitlabPipelineHook.parse(pipelineHook()), 'delivery-1', NOON);
  const receive = (time: number, body: unknown = { source: 'mlops', account: '1', 'detail-type': 'x', detail }) =>
    consumeMessage(
      { messageId: 'm', body: JSON.stringify(body), attributes: { ApproximateReceiveCount: String(time) } },
      consumer,
      deps,
    );
  return { notices, deps, receive };
}

describe('a reported pipeline that can not be accepted', () => {
  it('is told to on-call once, when the last try has failed', async () => {
    const { notices, receive } = world();
    for (let time = 1; time <= TRIES; time += 1) {
      expect(notices.sent).toEqual([]);
      await expect(receive(time)).rejects.toThrow(PermissionRefused);
    }
    expect(notices.sent).toEqual([
      expect.objectContaining({ to: 'on-call', group: 'ml-on-call', subject: expect.stringContaining('pipeline 101') }),
    ]);
    expect(notices.sent[0]?.text).toContain("PermissionRefused: GitLab's token may not read the repository.");
    expect(notices.sent[0]?.text).toContain('redrive');
  });

  it('still fails for its own reason when on-call can not be told', async () => {
    const { deps, receive } = world();
    deps.notices.tellOnCall = () => Promise.reject(new Error('SNS is away.'));
    await expect(receive(TRIES)).rejects.toThrow(PermissionRefused);
  });

  it('is told to nobody where nobody is on call for the project, or the message can not be read', async () => {
    const unknown = world(fakeOnboarding(sampleOnboarding({ project: { id: 99, path: 'x/y' } })));
    await expect(unknown.receive(TRIES)).rejects.toThrow(PermissionRefused);
    const unreadable = world();
    await expect(unreadable.receive(TRIES, { detail: 1 })).rejects.toThrow('not as agreed');
    expect([unknown.notices.sent, unreadable.notices.sent]).toEqual([[], []]);
  });
});
