import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { Webhook } from 'standardwebhooks';
import { asList, asObject, openReceiver, type SeededGitlab, seedGitlab, until } from './seeded-gitlab.ts';

const SIGNING_TOKEN = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

const TEMPLATE = `
.python:
  before_script: [echo prepared]
lint:
  extends: .python
  stage: lint
  script: [echo "linting $CI_PROJECT_PATH"]
`;

const CI_FILE = `
include: [{ project: ml/templates, file: /python.yml, ref: main }]
stages: [lint, test, package]
workflow:
  rules:
    - if: $CI_COMMIT_BRANCH
      variables: { FROM_WORKFLOW: yes-indeed }
test:
  stage: test
  image: python:3.12
  script:
    - mkdir -p out
    - echo "made at $CI_COMMIT_SHA" > out/report.txt
    - echo "VERSION=7" > build.env
  artifacts:
    paths: [out/]
    reports: { dotenv: build.env }
flaky:
  stage: test
  script: [exit 3]
  allow_failure: { exit_codes: [3] }
package:
  stage: package
  needs: [test]
  id_tokens: { AWS_TOKEN: { aud: "https://sts.example" } }
  rules:
    - if: $CI_COMMIT_REF_NAME == "nowhere"
      variables: { FROM_RULE: wrong }
    - if: $CI_COMMIT_REF_NAME == "main"
      variables: { FROM_RULE: right }
  script:
    - cat out/report.txt
    - echo "version $VERSION rule $FROM_RULE workflow $FROM_WORKFLOW instance $INSTANCE_VALUE home $HOME"
    - echo "$AWS_TOKEN" > token.txt
    - printenv | cut -d= -f1 | sort > names.txt
    - hello-tool
  artifacts: { paths: [token.txt, names.txt] }
never:
  stage: package
  script: [exit 1]
  rules: [{ when: never }]
`;

describe('a push with a CI file', () => {
  let gitlab: SeededGitlab;
  let receiver: Awaited<ReturnType<typeof openReceiver>>;
  let pipeline: Record<string, unknown>;
  let jobs: Record<string, unknown>[];
  let sha: string;
  const job = (name: string) => jobs.find((row) => row.name === name) ?? {};
  const trace = async (name: string) =>
    String((await gitlab.as('maintainer')('GET', `/projects/ml%2Fmodel/jobs/${job(name).id}/trace`)).body);

  beforeAll(async () => {
    const { mkdtempSync, writeFileSync, chmodSync } = await import('node:fs');
    const tools = mkdtempSync('/tmp/ci-tools-');
    writeFileSync(`${tools}/hello-tool`, '#!/bin/sh\necho the prepared tool ran\n');
    chmodSync(`${tools}/hello-tool`, 0o755);
    gitlab = await seedGitlab({ ciPath: tools, ciEnv: { INSTANCE_VALUE: 'from-settings' } });
    receiver = await openReceiver();
    const call = gitlab.as('maintainer');
    await gitlab.root('POST', '/projects', { path: 'templates', namespace_id: gitlab.groupId });
    await gitlab.root('POST', '/projects/ml%2Ftemplates/members', { username: 'maintainer', access_level: 40 });
    const templates = gitlab.workingCopy('maintainer', 'ml/templates');
    templates.write({ 'python.yml': TEMPLATE });
    templates.commit('The template');
    await templates.git('push', '-q', 'origin', 'main');
    const hook = await call('POST', '/projects/ml%2Fmodel/hooks', {
      url: receiver.url,
      token: 'plain-secret',
      signing_token: SIGNING_TOKEN,
      pipeline_events: true,
      push_events: true,
    });
    expect(hook.body).toMatchObject({
      token_present: true,
      signing_token_present: true,
      pipeline_events: true,
      alert_status: 'executable',
    });
    const copy = gitlab.workingCopy('maintainer');
    copy.write({ '.gitlab-ci.yml': CI_FILE });
    sha = copy.commit('Add <script>alert(1)</script> & train');
    await copy.git('push', '-q', 'origin', 'main');
    pipeline = await until('the pipeline to finish', async () => {
      const found = asList((await call('GET', `/projects/ml%2Fmodel/pipelines?sha=${sha}`)).body)[0];
      return found && ['success', 'failed'].includes(String(found.status)) ? found : undefined;
    });
    jobs = asList((await call('GET', `/projects/ml%2Fmodel/pipelines/${pipeline.id}/jobs`)).body);
    await until('the last hook', () =>
      receiver.received.find((one) => asObject(one.body.object_attributes ?? {}).status === 'success'),
    );
  });

  afterAll(async () => {
    await gitlab.stop();
    await receiver.stop();
  });

  it('succeeds with the jobs that the rules let in, and with the exit code that may fail', () => {
    expect(pipeline).toMatchObject({ status: 'success', source: 'push', ref: 'main', sha });
    expect(jobs.map((row) => [row.name, row.status]).sort()).toEqual([
      ['flaky', 'failed'],
      ['lint', 'success'],
      ['package', 'success'],
      ['test', 'success'],
    ]);
    expect(job('flaky')).toMatchObject({ allow_failure: true, failure_reason: 'script_failure' });
  });

  it('gives jobs what the template, earlier jobs, rules and settings provide', async () => {
    expect(await trace('lint')).toContain('prepared');
    expect(await trace('lint')).toContain('linting ml/model');
    const log = await trace('package');
    expect(log).toContain(`made at ${sha}`);
    expect(log).toContain('version 7 rule right workflow yes-indeed instance from-settings');
    expect(log).toContain('the prepared tool ran');
    expect(await trace('test')).toContain('not honoured here: image');
  });

  it('keeps the environment of the server out of jobs', async () => {
    const names = await gitlab.as('maintainer')(
      'GET',
      `/projects/ml%2Fmodel/jobs/${job('package').id}/artifacts/names.txt`,
    );
    expect(String(names.body)).toContain('CI_JOB_TOKEN');
    expect(String(names.body)).not.toContain('NODE_OPTIONS');
  });

  it('mints ID tokens that verify with the published keys and carry the claims of GitLab', async () => {
    const token = await gitlab.as('maintainer')(
      'GET',
      `/projects/ml%2Fmodel/jobs/${job('package').id}/artifacts/token.txt`,
    );
    const keys = createRemoteJWKSet(new URL(`${gitlab.url}/oauth/discovery/keys`));
    const { payload } = await jwtVerify(String(token.body).trim(), keys, {
      issuer: gitlab.url,
      audience: 'https://sts.example',
    });
    expect(payload).toMatchObject({
      sub: 'project_path:ml/model:ref_type:branch:ref:main',
      project_path: 'ml/model',
      ref_protected: 'true',
      sha,
      user_login: 'maintainer',
      pipeline_source: 'push',
    });
  });

  it('signs every delivery and sends the plain token too', () => {
    const webhook = new Webhook(SIGNING_TOKEN);
    for (const { headers, raw } of receiver.received) {
      expect(headers['x-gitlab-token']).toBe('plain-secret');
      expect(headers['webhook-id']).toBe(headers['idempotency-key']);
      expect(() =>
        webhook.verify(raw, {
          'webhook-id': String(headers['webhook-id']),
          'webhook-timestamp': String(headers['webhook-timestamp']),
          'webhook-signature': String(headers['webhook-signature']),
        }),
      ).not.toThrow();
    }
  });

  it('tells hooks of the push and of every status of the pipeline', () => {
    const events = receiver.received.map((one) => one.headers['x-gitlab-event']);
    expect(events.filter((event) => event === 'Push Hook')).toHaveLength(1);
    const statuses = receiver.received
      .filter((one) => one.body.object_kind === 'pipeline')
      .map((one) => asObject(one.body.object_attributes).status);
    expect([...new Set(statuses)].sort()).toEqual(['pending', 'running', 'success']);
    const last =
      receiver.received.find((one) => asObject(one.body.object_attributes ?? {}).status === 'success')?.body ?? {};
    expect(last).toMatchObject({
      object_attributes: {
        ref: 'main',
        tag: false,
        sha,
        source: 'push',
        detailed_status: 'passed with warnings',
        protected_ref: true,
      },
      merge_request: null,
      user: { username: 'maintainer', email: '[REDACTED]' },
      project: { path_with_namespace: 'ml/model', default_branch: 'main', visibility_level: 0 },
      commit: { id: sha, author: { email: 'maintainer@example.com' } },
    });
    const builds = asList(last.builds);
    expect(builds.find((build) => build.name === 'package')).toMatchObject({
      status: 'success',
      stage: 'package',
      artifacts_file: { filename: 'artifacts.zip' },
    });
  });

  it('gives the artifacts as a zip', async () => {
    const response = await fetch(`${gitlab.url}/api/v4/projects/ml%2Fmodel/jobs/${job('test').id}/artifacts`, {
      headers: { 'private-token': gitlab.user('maintainer').token },
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(response.headers.get('content-type')).toBe('application/zip');
    expect(bytes.subarray(0, 4).toString('latin1')).toBe('PK\u0003\u0004');
    expect(bytes.includes('out/report.txt')).toBe(true);
  });

  it('makes a skipped pipeline for a push with ci.skip', async () => {
    const copy = gitlab.workingCopy('maintainer');
    await copy.git('fetch', '-q', 'origin', 'main');
    await copy.git('reset', '-q', '--hard', 'origin/main');
    const skipped = copy.commit('Nothing to run');
    await copy.git('push', '-q', '-o', 'ci.skip', 'origin', 'main');
    const found = await until(
      'the skipped pipeline',
      async () => asList((await gitlab.as('reporter')('GET', `/projects/ml%2Fmodel/pipelines?sha=${skipped}`)).body)[0],
    );
    expect(found.status).toBe('skipped');
  });

  it('shows pages to members, escapes what a commit says, and hides itself from others', async () => {
    const signedIn = await fetch(`${gitlab.url}/users/sign_in`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ login: 'reporter' }),
    });
    const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const paths = [
      '',
      '/-/commits',
      `/-/commit/${sha}`,
      '/-/pipelines',
      `/-/pipelines/${pipeline.id}`,
      `/-/jobs/${job('lint').id}`,
      '/-/issues',
      '/-/environments',
      '/-/blob/main/.gitlab-ci.yml',
    ];
    for (const path of paths) {
      const page = await fetch(`${gitlab.url}/ml/model${path}`, { headers: { cookie } });
      expect([path, page.status]).toEqual([path, 200]);
      expect(await page.text()).not.toContain('<script>alert');
    }
    const outside = await fetch(`${gitlab.url}/ml/model`, { redirect: 'manual' });
    expect(outside.status).toBe(404);
  });
});
