import * as z from 'zod';
import { id, time } from './columns.ts';

export const Project = z.object({
  id,
  namespace_id: id,
  name: z.string(),
  path: z.string(),
  path_with_namespace: z.string(),
  description: z.string().nullable(),
  visibility: z.enum(['private', 'internal', 'public']),
  default_branch: z.string(),
  ci_config_path: z.string().nullable(),
  creator_id: id,
  created_at: time,
  last_activity_at: time,
  /** The refs that the server knows of: what differs from the repository is a push that is still to be told. */
  known_refs: z.record(z.string(), z.string()),
  /** The README at the top of the default branch. */
  readme_path: z.string().nullable().optional(),
  pushing_user_id: id.nullable(),
  archived: z.boolean().default(false),
  /** Settings that were given, as the API names them; the rest are GitLab's defaults. */
  settings: z.record(z.string(), z.unknown()).default({}),
});
export type Project = z.infer<typeof Project>;

export const Variable = z.object({
  id,
  source: z.enum(['instance', 'group', 'project']),
  source_id: z.int(),
  key: z.string(),
  value: z.string(),
  variable_type: z.enum(['env_var', 'file']),
  protected: z.boolean(),
  masked: z.boolean(),
  raw: z.boolean(),
  environment_scope: z.string(),
  description: z.string().nullable(),
});
export type Variable = z.infer<typeof Variable>;

export const ProtectedBranch = z.object({
  id,
  project_id: id,
  name: z.string(),
  push_access_level: z.int(),
  merge_access_level: z.int(),
  allow_force_push: z.boolean(),
});
export type ProtectedBranch = z.infer<typeof ProtectedBranch>;

export const Release = z.object({
  id,
  project_id: id,
  author_id: id,
  tag: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  links: z.array(z.object({ id, name: z.string(), url: z.string(), link_type: z.string() })),
  created_at: time,
  released_at: time,
});
export type Release = z.infer<typeof Release>;

/** A comment on a commit, at a line of a file or at none. */
export const CommitComment = z.object({
  id,
  project_id: id,
  sha: z.string(),
  author_id: id,
  note: z.string(),
  path: z.string().nullable(),
  line: z.int().nullable(),
  line_type: z.enum(['new', 'old']).nullable(),
  /** Comments of one thread share it. */
  discussion_id: z.string().optional(),
  updated_at: time.optional(),
  created_at: time,
});
export type CommitComment = z.infer<typeof CommitComment>;

/** A file that somebody attached to an issue or a comment. */
export const Upload = z.object({
  id,
  project_id: id,
  user_id: id,
  /** Part of the address: who doesn't know it doesn't find the file. */
  secret: z.string(),
  filename: z.string(),
  size: z.int(),
  created_at: time,
});
export type Upload = z.infer<typeof Upload>;
