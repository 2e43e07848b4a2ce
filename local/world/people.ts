/** The people of the laptop's world. Their addresses are verified, so that commits find their authors. */
export interface Person {
  readonly username: string;
  readonly name: string;
  readonly email: string;
}

export const people = {
  dataScientist: { username: 'data-scientist', name: 'Dana Scholz', email: 'data-scientist@example.com' },
  steward1: { username: 'steward-1', name: 'Stella Marković', email: 'steward-1@example.com' },
  steward2: { username: 'steward-2', name: 'Stefan Iyer', email: 'steward-2@example.com' },
  outsider: { username: 'outsider', name: 'Otto Sider', email: 'outsider@example.com' },
  onCall: { username: 'on-call', name: 'Onno Kallas', email: 'on-call@example.com' },
  /** The control plane's own account. */
  bot: { username: 'mlops-bot', name: 'MLOps', email: 'mlops-bot@example.com' },
  /** Owns the groups and projects; `GITLAB_TOKEN` of `local -- env` is this user's. */
  owner: { username: 'owner', name: 'Olga Werner', email: 'owner@example.com' },
} as const satisfies Record<string, Person>;

/** Access levels of GitLab. */
export const access = { reporter: 20, developer: 30, maintainer: 40, owner: 50 } as const;

/** Who signs in, in the order of the sign-in page. */
export const signInUsers: readonly Person[] = [
  people.dataScientist,
  people.steward1,
  people.steward2,
  people.outsider,
  people.onCall,
];
