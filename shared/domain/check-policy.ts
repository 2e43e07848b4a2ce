import type { Weakness } from './check-floors.ts';
import { checkMetricPath } from './check-metric-path.ts';
import { isExpiry } from './durations.ts';
import type { Policy } from './policy.ts';

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
    ...insideRepository(policy.pipeline.definition, ['pipeline', 'definition']),
    ...insideRepository(policy.smokeTest.records, ['smokeTest', 'records']),
  ];
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
