import * as z from 'zod';
import { GitlabUser } from '../../domain/run.ts';

/** A user as GitLab embeds it everywhere; everything but id and names is left out. */
export const EmbeddedUser = z
  .looseObject(GitlabUser.shape)
  .transform(({ id, username, name }): GitlabUser => ({ id, username, name }));
