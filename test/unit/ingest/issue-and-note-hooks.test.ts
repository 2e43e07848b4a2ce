import { describe, expect, it } from '@jest/globals';
import { receiveGitlabWebhook } from '../../../functions/ingest/receive-gitlab-webhook.ts';
import { fakeBus } from '../../fakes/bus.ts';
import { fakeDeliveries } from '../../fakes/deliveries.ts';
import { fakeOnboarding } from '../../fakes/onboarding.ts';
import { NOON } from '../../fakes/sample-records.ts';
import { fakeSecrets, SIGNING_TOKEN } from '../../fakes/secrets.ts';
import { webhookRequest } from './webhook-request.ts';

const PLANTED = 'nobody-else-may-read-this';
const project = { id: 17, path_with_namespace: 'ml/flight-delays' };
const user = { id: 2, username: 'dana', name: 'Dana' };

const issueHook = (changes: object = {}) => ({
  object_kind: 'issue',
  event_type: 'confidential_issue',
  user,
  project,
  object_attributes: { id: 900, iid: 42, action: 'close', state: 'closed', description: PLANTED, ...changes },
});

const noteHook = (changes: object = {}, rest: object = {}) => ({
  object_kind: 'note',
  event_type: 'confidential_note',
  user,
  project_id: 17,
  project,
  object_attributes: {
    id: 311,
    note: `${PLANTED}\n/mlops snooze 3d`,
    noteable_type: 'Issue',
    action: 'create',
    system: false,
    ...changes,
  },
  issue: { iid: 42, state: 'opened', description: PLANTED },
  ...rest,
});

async function receive(event: string, payload: unknown, signingToken: string | null = SIGNING_TOKEN) {
  const [bus, deliveries] = [fakeBus(), fakeDeliveries()];
  const request = webhookRequest(payload, {
    signedWith: signingToken ?? undefined,
    headers: { 'x-gitlab-event': event },
  });
  const deps = {
    secrets: fakeSecrets(),
    deliveries,
    bus,
    onboarding: fakeOnboarding(),
    allowSecretToken: false,
    countRefusal: () => undefined,
    now: () => NOON,
  };
  const answer = await receiveGitlabWebhook(request, deps);
  await receiveGitlabWebhook(request, deps);
  return { status: answer.statusCode, facts: bus.facts, kept: [...deliveries.kept.values()] };
}

describe('a hook about an issue', () => {
  it.each(['Issue Hook', 'Confidential Issue Hook'])('of the kind %s becomes a fact, once', async (event) => {
    const { status, facts } = await receive(event, issueHook());
    expect(status).toBe(202);
    expect(facts).toMatchObject([
      { detailType: 'IssueReported.v1', detail: { projectId: 17, iid: 42, action: 'close' } },
    ]);
  });

  it.each(['open', 'update', undefined])('whose action is %s leads to nothing', async (action) => {
    const { status, facts } = await receive('Confidential Issue Hook', issueHook({ action }));
    expect(status).toBe(202);
    expect(facts).toEqual([]);
  });

  it('is refused without the right signature, and without an iid', async () => {
    expect(await receive('Issue Hook', issueHook(), null)).toMatchObject({ status: 401, facts: [], kept: [] });
    const otherToken = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
    expect(await receive('Issue Hook', issueHook(), otherToken)).toMatchObject({ status: 401, facts: [], kept: [] });
    expect((await receive('Issue Hook', issueHook({ iid: 'x' }))).status).toBe(400);
  });

  it('of a project that is not onboarded leads to nothing', async () => {
    const { facts } = await receive('Issue Hook', { ...issueHook(), project: { id: 99 } });
    expect(facts).toEqual([]);
  });
});

describe('a hook about a comment', () => {
  it.each(['Note Hook', 'Confidential Note Hook'])('with a command, of the kind %s, becomes a fact', async (event) => {
    const { facts } = await receive(event, noteHook());
    expect(facts).toMatchObject([{ detailType: 'NoteReported.v1', detail: { projectId: 17, iid: 42, noteId: 311 } }]);
  });

  it.each([
    ['without a command', noteHook({ note: 'Thanks' })],
    ['on a merge request', noteHook({ noteable_type: 'MergeRequest' }, { issue: undefined })],
    ['that was edited', noteHook({ action: 'update' })],
    ['of GitLab itself', noteHook({ system: true })],
    ['of a project that is not onboarded', noteHook({}, { project: { id: 99 } })],
  ])('%s leads to nothing', async (_what, payload) => {
    const { status, facts } = await receive('Note Hook', payload);
    expect(status).toBe(202);
    expect(facts).toEqual([]);
  });

  it('keeps nothing of what people wrote', async () => {
    const found = [await receive('Note Hook', noteHook()), await receive('Issue Hook', issueHook())];
    expect(JSON.stringify(found)).not.toContain(PLANTED);
  });
});
