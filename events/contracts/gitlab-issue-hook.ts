import * as z from 'zod';

/** The body of GitLab's `Issue Hook` and `Confidential Issue Hook`, as far as it is read; lenient as the pipeline's. */
export const GitlabIssueHook = z.looseObject({
  object_kind: z.literal('issue'),
  project: z.looseObject({ id: z.number().int() }),
  /** `action` is absent where GitLab only tests the hook. */
  object_attributes: z.looseObject({ iid: z.number().int(), action: z.string().max(64).nullish() }),
});
export type GitlabIssueHook = z.infer<typeof GitlabIssueHook>;
