import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asList, asObject, idOf, type SeededGitlab, seedGitlab } from './seeded-gitlab.ts';

const PROJECT = '/projects/ml%2Fmodel';

describe('issues beside one another', () => {
  let gitlab: SeededGitlab;
  let other: number;

  beforeAll(async () => {
    gitlab = await seedGitlab();
    other = idOf(await gitlab.as('developer')('POST', '/projects', { name: 'other' }));
    for (const title of ['one', 'two', 'three'])
      await gitlab.as('developer')('POST', `${PROJECT}/issues`, { title, labels: 'drift' });
  });
  afterAll(() => gitlab.stop());

  const notesOf = async (path: string) =>
    asList((await gitlab.as('developer')('GET', `${path}/notes`)).body).map((note) => note.body);

  it('are linked once, seen from both sides, and parted again', async () => {
    const call = gitlab.as('developer');
    const wanted = { target_project_id: 'ml/model', target_issue_iid: 2, link_type: 'blocks' };
    const made = await call('POST', `${PROJECT}/issues/1/links`, wanted);
    expect(made).toMatchObject({ status: 201, body: { source_issue: { iid: 1 }, target_issue: { iid: 2 } } });
    expect(await call('POST', `${PROJECT}/issues/1/links`, wanted)).toMatchObject({
      status: 409,
      body: { message: 'Issue(s) already assigned' },
    });
    expect((await call('GET', `${PROJECT}/issues/2/links`)).body).toMatchObject([
      { iid: 1, link_type: 'is_blocked_by', issue_link_id: idOf(made) },
    ]);
    expect((await gitlab.as('outsider')('GET', `${PROJECT}/issues/1/links`)).status).toBe(404);
    expect((await call('DELETE', `${PROJECT}/issues/2/links/${idOf(made)}`)).status).toBe(200);
    expect((await call('GET', `${PROJECT}/issues/1/links`)).body).toEqual([]);
    expect(await notesOf(`${PROJECT}/issues/1`)).toEqual([
      'removed the relation with #2',
      'marked this issue as blocking #2',
    ]);
  });

  it('move once, with their notes, and leave a closed one behind', async () => {
    const call = gitlab.as('developer');
    await call('POST', `${PROJECT}/issues/2/notes`, { body: 'carried along' });
    expect(await call('POST', `${PROJECT}/issues/2/move`, { to_project_id: 9999 })).toMatchObject({
      status: 404,
      body: { message: '404 Project Not Found' },
    });
    const moved = await call('POST', `${PROJECT}/issues/2/move`, { to_project_id: other });
    expect(moved).toMatchObject({ status: 201, body: { project_id: other, iid: 1, state: 'opened' } });
    expect(await notesOf(`/projects/${other}/issues/1`)).toContain('carried along');
    expect((await call('GET', `${PROJECT}/issues/2`)).body).toMatchObject({
      state: 'closed',
      moved_to_id: idOf(moved),
    });
    expect(await call('POST', `${PROJECT}/issues/2/move`, { to_project_id: other })).toMatchObject({
      status: 400,
      body: { message: 'Cannot move issue due to insufficient permissions!' },
    });
    expect((await call('POST', `${PROJECT}/issues/3/clone`, { to_project_id: other })).body).toMatchObject({
      title: 'three',
      labels: ['drift'],
    });
  });

  it('are followed and left, and keep the time that they took', async () => {
    const call = gitlab.as('maintainer');
    const one = `${PROJECT}/issues/1`;
    expect((await call('GET', one)).body).toMatchObject({ subscribed: false });
    expect((await call('POST', `${one}/subscribe`)).body).toMatchObject({ subscribed: true });
    expect((await call('POST', `${one}/subscribe`)).status).toBe(304);
    expect((await call('POST', `${one}/unsubscribe`)).body).toMatchObject({ subscribed: false });
    expect((await call('POST', `${one}/time_estimate`, { duration: 'soon' })).status).toBe(400);
    expect(await call('POST', `${one}/time_estimate`, { duration: '3h30m' })).toMatchObject({
      status: 200,
      body: { time_estimate: 12_600, human_time_estimate: '3h 30m' },
    });
    expect((await call('POST', `${one}/add_spent_time`, { duration: '1d' })).status).toBe(201);
    expect(asObject((await call('GET', one)).body).time_stats).toMatchObject({ total_time_spent: 28_800 });
    expect((await call('POST', `${one}/add_spent_time`, { duration: '-2d' })).body).toEqual({
      message: { base: ['Time to subtract exceeds the total time spent'] },
    });
  });

  it('tell who put a label on and took it off', async () => {
    const call = gitlab.as('developer');
    await call('PUT', `${PROJECT}/issues/3`, { remove_labels: 'drift' });
    expect((await call('GET', `${PROJECT}/issues/3/resource_label_events`)).body).toMatchObject([
      { action: 'add', label: { name: 'drift' }, user: { username: 'developer' } },
      { action: 'remove', label: { name: 'drift' } },
    ]);
  });
});
