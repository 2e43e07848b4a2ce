import * as z from 'zod';
import { CommitSha } from '../../shared/domain/identifiers.ts';

/**
 * The body of GitLab's `Pipeline Hook`, as far as it is read: `lib/gitlab/data_builder/pipeline.rb`.
 * Lenient: GitLab adds fields, sends null where nothing is, and writes times in several formats, so none is read.
 */
export const GitlabPipelineHook = z.looseObject({
  object_kind: z.literal('pipeline'),
  object_attributes: z.looseObject({
    id: z.number().int(),
    /** The branch or tag without `refs/heads/`. */
    ref: z.string().max(255),
    tag: z.boolean(),
    sha: CommitSha,
    source: z.string().max(64),
    status: z.string().max(64),
    protected_ref: z.boolean().nullish(),
    url: z.string().nullish(),
  }),
  merge_request: z.looseObject({ iid: z.number().int() }).nullish(),
  user: z.looseObject({ id: z.number().int(), name: z.string(), username: z.string() }),
  project: z.looseObject({ id: z.number().int(), path_with_namespace: z.string().max(500) }),
  commit: z.looseObject({
    message: z.string(),
    title: z.string().nullish(),
    author: z.looseObject({ name: z.string(), email: z.string() }),
  }),
  /** Present for child and downstream pipelines. */
  source_pipeline: z.looseObject({}).nullish(),
  builds: z.array(z.looseObject({ name: z.string(), status: z.string().max(64) })),
});
export type GitlabPipelineHook = z.infer<typeof GitlabPipelineHook>;
