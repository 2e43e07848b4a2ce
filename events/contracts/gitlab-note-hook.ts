import * as z from 'zod';

/** The body of GitLab's `Note Hook` and `Confidential Note Hook`, as far as it is read; lenient as the pipeline's. */
export const GitlabNoteHook = z.looseObject({
  object_kind: z.literal('note'),
  project: z.looseObject({ id: z.number().int() }),
  object_attributes: z.looseObject({
    id: z.number().int(),
    note: z.string(),
    noteable_type: z.string().max(64),
    /** Missing where GitLab is too old to say it. */
    action: z.string().max(64).nullish(),
    system: z.boolean().nullish(),
  }),
  issue: z.looseObject({ iid: z.number().int() }).nullish(),
});
export type GitlabNoteHook = z.infer<typeof GitlabNoteHook>;
