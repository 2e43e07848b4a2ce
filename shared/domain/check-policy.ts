import type { Weakness } from './check-floors.ts';
import { checkMetricPath } from './check-metric-path.ts';
import { isCooldown, isExpiry, isWindow } from './durations.ts';
import { MAX_ALARM_SECONDS } from './monitoring-alarms.ts';
import type { Policy } from './policy.ts';
import { schedulePeriodSeconds } from './schedule-period.ts';

/** What a policy's shape alone can't say: names that are taken twice, paths out of the repository, unknown metrics. */
export function checkPolicy(policy: Policy): Weakness[] {
  return [
    ...twice(
      policy.data.map(({ name }) => name),
      'data',
    ),
    ...policy.evaluation.gates.flatMap(({ metric }, index) => {
      const checked = checkMetricPath(metric);
      return checked.sound
        ? []
        : [
            {
              path: ['evaluation', 'gates', index, 'metric'],
              sentence: `evaluation.gates[${index}].metric: ${checked.sentence}`,
            },
          ];
    }),
    ...(isExpiry(policy.approval.expiresAfter)
      ? []
      : [
          {
            path: ['approval', 'expiresAfter'],
            sentence: 'approval.expiresAfter must be an ISO 8601 duration such as P3D or PT12H, at most P14D.',
          },
        ]),
    ...twice(
      policy.environments.map(({ name }) => name),
      'environments',
    ),
    ...checkMonitoring(policy),
    ...insideRepository(policy.pipeline.definition, ['pipeline', 'definition']),
    ...insideRepository(policy.smokeTest.records, ['smokeTest', 'records']),
  ];
}

function checkMonitoring({ monitoring, feedback, environments }: Policy): Weakness[] {
  const drift = monitoring?.drift;
  const problems: Weakness[] = [];
  if (drift && !isWindow(drift.window)) {
    problems.push({
      path: ['monitoring', 'drift', 'window'],
      sentence: 'monitoring.drift.window must be an ISO 8601 duration such as PT1H, from PT5M to P7D.',
    });
  }
  const periodSeconds = drift && schedulePeriodSeconds(drift.schedule);
  if (drift && periodSeconds === undefined) {
    problems.push({
      path: ['monitoring', 'drift', 'schedule'],
      sentence:
        'monitoring.drift.schedule must fire at least once on every day: the alarm on a silent monitor can wait no longer.',
    });
  }
  if (drift && periodSeconds !== undefined && drift.alert.consecutive * periodSeconds > MAX_ALARM_SECONDS) {
    problems.push({
      path: ['monitoring', 'drift', 'alert', 'consecutive'],
      sentence:
        'monitoring.drift.alert.consecutive windows must lie within 7 days: no alarm of CloudWatch looks further back.',
    });
  }
  if (drift && !environments.some(({ capture }) => capture)) {
    problems.push({
      path: ['monitoring', 'drift'],
      sentence: 'monitoring.drift needs an environment that captures: add `capture: { percent: 100 }` to one.',
    });
  }
  if (feedback.retrain && !drift) {
    problems.push({
      path: ['feedback', 'retrain'],
      sentence: 'feedback.retrain answers a case of drift: add monitoring.drift, or remove it.',
    });
  }
  if (feedback.retrain && !isCooldown(feedback.retrain.cooldown)) {
    problems.push({
      path: ['feedback', 'retrain', 'cooldown'],
      sentence: 'feedback.retrain.cooldown must be an ISO 8601 duration such as P1D, from PT1H to P30D.',
    });
  }
  return problems;
}

function twice(names: readonly string[], list: string): Weakness[] {
  return names.flatMap((name, index) =>
    names.indexOf(name) === index
      ? []
      : [
          {
            path: [list, index, 'name'],
            sentence: `${list}[${index}].name \`${name}\` stands there twice: names are unique.`,
          },
        ],
  );
}

/** A path of Git: relative, with forward slashes, without a way out. */
function insideRepository(file: string, path: string[]): Weakness[] {
  const parts = file.split('/');
  if (/^[\w./ -]+$/.test(file) && parts.every((part) => part !== '' && part !== '.' && part !== '..')) return [];
  return [
    {
      path,
      sentence: `${path.join('.')} must be the path of a file in the repository, such as ${path[0] === 'pipeline' ? 'pipeline.json' : 'golden.jsonl'}.`,
    },
  ];
}
