import { describe, expect, it } from '@jest/globals';
import { checkNotices } from '../../../functions/operations/check-notices.ts';
import { ServiceUnavailable } from '../../../shared/domain/faults.ts';
import type { GitlabUpkeep } from '../../../shared/ports/notice-paths.ts';
import { fakeMetrics } from '../../fakes/metrics.ts';
import { fakeOnboarding } from '../../fakes/onboarding.ts';
import { NOON } from '../../fakes/sample-records.ts';

const topicOf = (name: string) => `arn:aws:sns:eu-central-1:000000000000:mlops-test-${name}`;

function world(changes: Partial<GitlabUpkeep> = {}, unheard: string[] = []) {
  const metrics = fakeMetrics();
  const asked: string[] = [];
  const hooks: string[] = [];
  const deps = {
    onboarding: fakeOnboarding(),
    subscriptions: {
      countConfirmed: async (topicArn: string) => {
        asked.push(topicArn);
        return unheard.includes(topicArn) ? 0 : 2;
      },
    },
    gitlab: {
      tokenEndsOn: async () => '2027-01-02',
      hookState: async (projectId: number, url: string) => {
        hooks.push(`${projectId} ${url}`);
        return 'enabled' as const;
      },
      ...changes,
    },
    metrics,
    topicArnOf: (role: string, group: string) => topicOf(`${role}-${group}`),
    platformTopicArn: topicOf('platform'),
    stage: 'test',
    publicUrl: 'https://mlops.example.com',
    now: () => NOON,
  };
  const values = () => Object.fromEntries(metrics.points.map(({ name, value }) => [name, value]));
  return { deps, values, metrics, asked, hooks };
}

describe('checking that notices arrive', () => {
  it('finds nothing wrong where everybody listens', async () => {
    const { deps, values, asked, hooks, metrics } = world();
    await checkNotices(deps);
    expect(values()).toEqual({ UnconfirmedTopics: 0, DisabledHooks: 0, GitlabTokenDaysLeft: 39 });
    expect(asked).toEqual(
      ['platform', 'stewards-ml-stewards', 'on-call-ml-on-call', 'tickets-ml-on-call'].map(topicOf),
    );
    expect(hooks).toEqual(['17 https://mlops.example.com/webhooks/gitlab']);
    for (const { dimensions } of metrics.points) expect(dimensions).toEqual({ Stage: 'test' });
  });

  it('counts topics that nobody has confirmed', async () => {
    const { deps, values } = world({}, [topicOf('tickets-ml-on-call'), topicOf('platform')]);
    await checkNotices(deps);
    expect(values()).toMatchObject({ UnconfirmedTopics: 2 });
  });

  it.each(['disabled', 'missing'] as const)('counts a hook that is %s', async (state) => {
    const { deps, values } = world({ hookState: async () => state });
    await checkNotices(deps);
    expect(values()).toMatchObject({ DisabledHooks: 1 });
  });

  it.each([
    ['2026-12-23', 29],
    ['2026-12-24', 30],
    ['2026-11-23', -1],
  ])('says of a token that ends on %s that %d whole days are left', async (endsOn, days) => {
    const { deps, values } = world({ tokenEndsOn: async () => endsOn });
    await checkNotices(deps);
    expect(values()).toMatchObject({ GitlabTokenDaysLeft: days });
  });

  it('says nothing of a token without an end', async () => {
    const { deps, values } = world({ tokenEndsOn: async () => undefined });
    await checkNotices(deps);
    expect(values()).not.toHaveProperty('GitlabTokenDaysLeft');
  });

  it('publishes what it knows when one check fails, and then fails', async () => {
    const { deps, values } = world({
      hookState: async () => {
        throw new ServiceUnavailable('GitLab is away.');
      },
    });
    await expect(checkNotices(deps)).rejects.toThrow('1 check');
    expect(values()).toEqual({ UnconfirmedTopics: 0, GitlabTokenDaysLeft: 39 });
  });
});
