import { createHash } from 'node:crypto';
import type { User } from '../rows/users.ts';
import type { World } from '../world.ts';

/** The picture that GitLab links unless somebody uploads one. */
const gravatar = (user: User) => {
  const hash = createHash('sha256')
    .update((user.public_email || user.email).toLowerCase())
    .digest('hex');
  return `https://www.gravatar.com/avatar/${hash}?s=80&d=identicon`;
};

/** What people tell of themselves, with what an account has at first. */
export const PROFILE = {
  bio: '',
  location: '',
  linkedin: '',
  twitter: '',
  discord: '',
  website_url: '',
  github: '',
  job_title: '',
  pronouns: null,
  organization: '',
};

export function presentUser(world: Pick<World, 'url'>, user: User) {
  return {
    id: user.id,
    username: user.username,
    public_email: user.public_email,
    name: user.name,
    state: user.state,
    locked: false,
    avatar_url: gravatar(user),
    web_url: `${world.url}/${user.username}`,
  };
}

export function presentUserFully(world: Pick<World, 'url'>, user: User, forWhom: User | undefined) {
  const basic = { ...presentUser(world, user), created_at: user.created_at, bot: false, ...PROFILE, ...user.profile };
  if (forWhom?.id !== user.id && !forWhom?.is_admin) return basic;
  return {
    ...basic,
    email: user.email,
    commit_email: user.email,
    confirmed_at: user.created_at,
    is_admin: user.is_admin,
    identities: user.identities ?? [],
    two_factor_enabled: false,
    external: user.external ?? false,
    can_create_project: true,
    can_create_group: user.can_create_group ?? true,
    projects_limit: user.projects_limit ?? 100_000,
    private_profile: user.private_profile ?? false,
    theme_id: 3,
    color_scheme_id: 1,
    last_sign_in_at: null,
    current_sign_in_at: null,
    last_activity_on: null,
  };
}
