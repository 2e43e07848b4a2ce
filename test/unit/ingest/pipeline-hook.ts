import { COMMIT } from '../../fakes/sample-records.ts';

type Changes = { attributes?: Record<string, unknown>; [field: string]: unknown };

/** A `Pipeline Hook` as GitLab 19 sends it (`lib/gitlab/data_builder/pipeline.rb`). */
export function pipelineHook({ attributes = {}, ...changes }: Changes = {}) {
  return {
    object_kind: 'pipeline',
    object_attributes: {
      id: 101,
      iid: 3,
      name: null,
      ref: 'main',
      tag: false,
      sha: COMMIT,
      before_sha: '0'.repeat(40),
      source: 'push',
      status: 'success',
      detailed_status: 'passed',
      stages: ['check', 'package'],
      created_at: '2026-11-23 11:58:00 UTC',
      finished_at: '2026-11-23 12:00:00 UTC',
      duration: 63,
      queued_duration: 2,
      protected_ref: true,
      variables: [],
      url: 'https://gitlab.example.com/ml/flight-delays/-/pipelines/101',
      ...attributes,
    },
    merge_request: null,
    user: { id: 2, name: 'Dana Scientist', username: 'data-scientist', avatar_url: null, email: '[REDACTED]' },
    project: { id: 17, path_with_namespace: 'ml/flight-delays', default_branch: 'main' },
    commit: {
      id: COMMIT,
      message: 'Use the hour of departure\n\nLong text.',
      title: 'Use the hour of departure',
      timestamp: '2026-11-23T11:57:00+00:00',
      url: 'https://gitlab.example.com/c',
      author: { name: 'Dana Scientist', email: 'dana@example.com' },
    },
    builds: [
      { id: 1, stage: 'check', name: 'test', status: 'success' },
      { id: 2, stage: 'package', name: 'package', status: 'success' },
    ],
    ...changes,
  };
}
