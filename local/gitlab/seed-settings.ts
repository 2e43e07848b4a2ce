import { addUser } from './rest/users.ts';
import type { OauthClient } from './settings.ts';
import type { World } from './world.ts';

/** The administrator `root` is always user 1; its token is the one of the settings, and no other. */
export function seedAdministrator(world: World, token: string | undefined): void {
  const { db } = world;
  const root =
    db.users.get(1) ??
    addUser(world, {
      id: 1,
      username: 'root',
      name: 'Administrator',
      email: 'admin@example.com',
      public_email: '',
      admin: true,
    });
  const old = db.tokens.find((row) => row.user_id === root.id && row.name === 'settings');
  if (old && old.token !== token) db.tokens.remove(old.id);
  if (!token || old?.token === token) return;
  db.tokens.insert({
    user_id: root.id,
    name: 'settings',
    token,
    scopes: ['api', 'read_repository', 'write_repository', 'sudo'],
    revoked: false,
    expires_at: null,
    created_at: world.now().toISOString(),
    job_id: null,
  });
}

/** Applications of the settings keep their ids, so that a new start changes nothing for their users. */
export function seedApplications(world: World, clients: readonly OauthClient[]): void {
  const { applications } = world.db;
  for (const client of clients) {
    const known = applications.find((row) => row.application_id === client.application_id);
    if (known) applications.update(known.id, client);
    else applications.insert(client);
  }
}
