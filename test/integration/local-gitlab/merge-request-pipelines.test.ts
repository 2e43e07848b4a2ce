import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asList, asObject, type SeededGitlab, seedGitlab, until } from './seeded-gitlab.ts';

const PROJECT = '/projects/ml%2Fmodel';
const CI_FILE = `
workflow:
  auto_cancel: {on_new_commit: interruptible}
always:
  script: sleep 60
  interruptible: true
  rules: [{if: $CI_COMMIT_BRANCH == "change"}]
of-request:
  script: test "$CI_MERGE_REQUEST_TARGET_BRANCH_NAME" = main
  rules: [{if: $CI_PIPELINE_SOURCE == "merge_request_event"}]
`;

describe('a merge request', () => {
  let gitlab: SeededGitlab;

  const commit = (branch: string, path: string, content: string, more: object = {}) =>
    gitlab.as('developer')('POST', `${PROJECT}/repository/commits`, {
      ...{ branch, commit_message: `Add ${path}`, actions: [{ action: 'create', file_path: path, content }] },
      ...more,
    });
  const pipelines = async () => asList((await gitlab.as('developer')('GET', `${PROJECT}/pipelines`)).body);

  beforeAll(async () => {
    gitlab = await seedGitlab();
    // An empty repository gets its first commit when somebody branches off.
    const branched = await gitlab.as('maintainer')('POST', `${PROJECT}/repository/branches`, {
      branch: 'change',
      ref: 'main',
    });
    expect(branched).toMatchObject({ status: 201, body: { name: 'change', commit: { title: 'Add README.md' } } });
    await commit('change', '.gitlab-ci.yml', CI_FILE);
    await gitlab.as('developer')('POST', `${PROJECT}/merge_requests`, {
      ...{ source_branch: 'change', target_branch: 'main', title: 'Change' },
    });
  });
  afterAll(() => gitlab.stop());

  it('has a pipeline of its own, with the jobs whose rules ask for one', async () => {
    const [own] = await until('the pipeline', async () => {
      const found = (await pipelines()).filter((one) => one.source === 'merge_request_event');
      return found[0]?.status === 'success' ? found : undefined;
    });
    expect(own).toMatchObject({ ref: 'refs/merge-requests/1/head' });
    const jobs = asList((await gitlab.as('developer')('GET', `${PROJECT}/pipelines/${own?.id}/jobs`)).body);
    expect(jobs.map((job) => job.name)).toEqual(['of-request']);
    expect((await gitlab.as('developer')('GET', `${PROJECT}/merge_requests/1`)).body).toMatchObject({
      head_pipeline: { id: own?.id },
    });
  });

  it('lets a rebase put its commits upon the target, and a newer commit end what may be interrupted', async () => {
    const call = gitlab.as('developer');
    await gitlab.as('maintainer')('POST', `${PROJECT}/repository/files/late.txt`, {
      ...{ branch: 'main', content: 'late', commit_message: 'Come late' },
    });
    expect(await call('PUT', `${PROJECT}/merge_requests/1/rebase`)).toMatchObject({ status: 202 });
    const head = asObject((await call('GET', `${PROJECT}/repository/commits/change`)).body);
    const main = asObject((await call('GET', `${PROJECT}/repository/commits/main`)).body);
    expect(head).toMatchObject({ title: 'Add .gitlab-ci.yml', parent_ids: [main.id] });
    await until('the older pipeline to be canceled', async () => {
      const older = (await pipelines()).filter((one) => one.ref === 'change').at(-1);
      return older?.status === 'canceled' ? older : undefined;
    });
  });

  it('says why a rebase failed', async () => {
    await gitlab.as('maintainer')('POST', `${PROJECT}/repository/files/both.txt`, {
      ...{ branch: 'main', content: 'one', commit_message: 'One' },
    });
    await commit('change', 'both.txt', 'another');
    await gitlab.as('developer')('PUT', `${PROJECT}/merge_requests/1/rebase`);
    const shown = asObject((await gitlab.as('developer')('GET', `${PROJECT}/merge_requests/1`)).body);
    expect(shown.merge_error).toMatch(/^Rebase failed: Rebase locally/);
  });

  it('has threads at lines of its diff that are resolved and edited note by note', async () => {
    const call = gitlab.as('developer');
    const { diff_refs } = asObject((await call('GET', `${PROJECT}/merge_requests/1`)).body);
    const position = { ...asObject(diff_refs), position_type: 'text', new_path: '.gitlab-ci.yml', new_line: 1 };
    const threads = `${PROJECT}/merge_requests/1/discussions`;
    const made = asObject((await call('POST', threads, { body: 'why?', position })).body);
    const [first] = asList(made.notes);
    expect(first).toMatchObject({ type: 'DiffNote', resolvable: true, position: { new_line: 1 } });
    const note = `${threads}/${made.id}/notes/${first?.id}`;
    expect((await call('PUT', note, { resolved: true })).body).toMatchObject({ resolved: true });
    expect((await call('PUT', note, { body: 'why so?' })).body).toMatchObject({ body: 'why so?' });
    expect((await call('PUT', note, {})).status).toBe(400);
    expect((await call('DELETE', note)).status).toBe(204);
    expect((await call('GET', `${threads}/${made.id}`)).status).toBe(404);
  });
});
