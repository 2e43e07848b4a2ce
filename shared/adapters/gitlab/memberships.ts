import * as z from 'zod';
import type { Memberships } from '../../ports/gitlab.ts';
import { apiPath, type GitlabClient } from './client.ts';
import { EmbeddedUser } from './gitlab-user.ts';

const Member = z.looseObject({
  access_level: z.number().int(),
  state: z.string(),
  membership_state: z.string().nullish(),
});

/** Which addresses GitLab shows depends on the token: an administrator's sees all, others the public one. */
const UserWithAddresses = z.looseObject({
  id: z.number().int(),
  username: z.string(),
  name: z.string(),
  email: z.string().nullish(),
  public_email: z.string().nullish(),
  commit_email: z.string().nullish(),
  confirmed_at: z.string().nullish(),
});

export function gitlabMemberships(client: GitlabClient): Memberships {
  async function activeLevel(path: string): Promise<number | undefined> {
    const member = await client.find(path, Member);
    const active = member?.state === 'active' && (member.membership_state ?? 'active') === 'active';
    return active ? member.access_level : undefined;
  }

  return {
    inGroup: (group, userId) => activeLevel(apiPath`/groups/${group}/members/all/${userId}`),
    inProject: (projectId, userId) => activeLevel(apiPath`/projects/${projectId}/members/all/${userId}`),

    async userByEmail(email) {
      const wanted = email.trim().toLowerCase();
      const found = (await client.list('/users', UserWithAddresses, { search: wanted })) ?? [];
      // GitLab searches names too, and anybody may call themselves by somebody's address: only an address counts.
      const owners = found.filter((user) =>
        [user.email, user.public_email, user.commit_email].some((address) => address?.toLowerCase() === wanted),
      );
      const [owner, ...others] = owners;
      if (owner === undefined || others.length > 0 || owner.confirmed_at === null) return undefined;
      return { id: owner.id, username: owner.username, name: owner.name };
    },

    user: (userId) => client.find(apiPath`/users/${userId}`, EmbeddedUser),
  };
}
