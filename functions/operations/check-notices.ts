import { systemTime } from '../../shared/adapters/clock.ts';
import { cloudwatchMetrics } from '../../shared/adapters/cloudwatch/metrics.ts';
import { connectGitlab } from '../../shared/adapters/gitlab/connect.ts';
import { gitlabUpkeep } from '../../shared/adapters/gitlab/upkeep.ts';
import { onboardingRecords } from '../../shared/adapters/onboarding-records.ts';
import { snsSubscriptions } from '../../shared/adapters/sns/subscriptions.ts';
import { platformTopicArn, topicArns } from '../../shared/adapters/sns/topic-arns.ts';
import { ServiceUnavailable } from '../../shared/domain/faults.ts';
import { countOf } from '../../shared/domain/format-number.ts';
import type { MetricPoint, Metrics } from '../../shared/ports/metrics.ts';
import type { GitlabUpkeep, Subscriptions } from '../../shared/ports/notice-paths.ts';
import type { TopicAddress } from '../../shared/ports/notices.ts';
import type { Onboarding } from '../../shared/ports/onboarding.ts';
import { lambdaSchedule } from '../../shared/runtime/lambda-step.ts';
import { logger } from '../../shared/runtime/logger.ts';

export type CheckNoticesDeps = {
  onboarding: Pick<Onboarding, 'all'>;
  subscriptions: Subscriptions;
  gitlab: GitlabUpkeep;
  metrics: Metrics;
  topicArnOf: TopicAddress;
  platformTopicArn: string;
  stage: string;
  publicUrl: string;
  now: () => string;
};

const DAY_MS = 86_400_000;

export const handler = lambdaSchedule(checkNotices, (environment) => ({
  onboarding: onboardingRecords(environment),
  subscriptions: snsSubscriptions(),
  gitlab: gitlabUpkeep(connectGitlab(environment)),
  metrics: cloudwatchMetrics(),
  topicArnOf: topicArns(environment),
  platformTopicArn: platformTopicArn(environment),
  stage: environment.stage,
  publicUrl: environment.publicUrl,
  now: systemTime,
}));

/**
 * Once a day: whether what we say is heard, and whether GitLab goes on talking to us. The alarms say that something is wrong, the
 * log says what. One check that fails holds up no other.
 * @throws ServiceUnavailable when a check failed, so that the function's errors show it
 */
export async function checkNotices(deps: CheckNoticesDeps): Promise<void> {
  const at = deps.now();
  const checks: Record<string, () => Promise<number | undefined>> = {
    UnconfirmedTopics: () => countUnheardTopics(deps),
    DisabledHooks: () => countSilentHooks(deps),
    GitlabTokenDaysLeft: () => countTokenDays(at, deps),
  };
  const points: MetricPoint[] = [];
  let failures = 0;
  for (const [name, check] of Object.entries(checks)) {
    try {
      const value = await check();
      if (value !== undefined) points.push({ name, value, dimensions: { Stage: deps.stage }, at });
    } catch (error) {
      failures += 1;
      logger.error('could not be checked', { name, error: error instanceof Error ? error : String(error) });
    }
  }
  await deps.metrics.publish(points);
  if (failures > 0) throw new ServiceUnavailable(`${countOf(failures, 'check')} of the notices failed; see the log.`);
}

async function countUnheardTopics(deps: CheckNoticesDeps): Promise<number> {
  const arns = deps.onboarding
    .all()
    .flatMap(({ groups }) => [
      deps.topicArnOf('stewards', groups.stewards),
      deps.topicArnOf('on-call', groups.onCall),
      deps.topicArnOf('tickets', groups.onCall),
    ]);
  let unheard = 0;
  for (const topicArn of new Set([deps.platformTopicArn, ...arns])) {
    if ((await deps.subscriptions.countConfirmed(topicArn)) > 0) continue;
    unheard += 1;
    logger.warn('a topic has no confirmed subscriber', { topicArn });
  }
  return unheard;
}

async function countSilentHooks(deps: CheckNoticesDeps): Promise<number> {
  const url = `${deps.publicUrl}/webhooks/gitlab`;
  let silent = 0;
  for (const { model, project } of deps.onboarding.all()) {
    const state = await deps.gitlab.hookState(project.id, url);
    if (state === 'enabled') continue;
    silent += 1;
    logger.warn('GitLab does not call the hook of a project', { model, project: project.path, hook: state });
  }
  return silent;
}

/** Whole days until the token ends; GitLab ends it at the beginning of that day (UTC). */
async function countTokenDays(now: string, { gitlab }: CheckNoticesDeps): Promise<number | undefined> {
  const endsOn = await gitlab.tokenEndsOn();
  if (endsOn === undefined) return undefined;
  const days = Math.floor((Date.parse(endsOn) - Date.parse(now)) / DAY_MS);
  logger.info('the token for GitLab', { endsOn, days });
  return days;
}
