import { randomBytes } from 'node:crypto';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { poll } from '../../local/demo/poll.ts';
import { worldUrls } from '../../local/world/environment.ts';
import { dynamodbCases } from '../../shared/adapters/dynamodb/cases.ts';
import { dynamodbMonitorWindows } from '../../shared/adapters/dynamodb/monitor-windows.ts';
import { openTable } from '../../shared/adapters/dynamodb/table.ts';
import { eventbridgeBus } from '../../shared/adapters/eventbridge/bus.ts';
import { s3Documents } from '../../shared/adapters/s3/documents.ts';
import { canonicalJson } from '../../shared/domain/canonical-json.ts';
import type { Case } from '../../shared/domain/case.ts';
import { type Judgement, planned } from '../../shared/domain/monitor-window.ts';
import { Policy } from '../../shared/domain/policy.ts';
import { COMMIT, sampleRun } from '../fakes/sample-records.ts';
import { testCredentials, testWorld } from '../harness/world.ts';

const TABLE = 'mlops-local';
const BUCKET = 'mlops-local-000000000000';
const PROJECT = 17;
const MINUTE = 60_000;
const MODEL = 'flight-delays';
const place = { table: TABLE, bus: eventbridgeBus({ bus: TABLE }) };
const [cases, windows] = [dynamodbCases(place), dynamodbMonitorWindows(place)];
const urls = worldUrls(testWorld().ports);

const Answer = z.looseObject({ outcome: z.string().optional(), errorType: z.string().optional() });
const Issue = z.looseObject({
  iid: z.number(),
  state: z.string(),
  confidential: z.boolean(),
  labels: z.array(z.string()),
  description: z.string(),
});
const Notes = z.array(z.looseObject({ body: z.string(), system: z.boolean() }));

/** GitLab's API, in the name of the data scientist. */
async function gitlab(method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${urls.gitlab}/api/v4/projects/${PROJECT}${path}`, {
    method,
    headers: {
      'private-token': testCredentials().accessTokens.dataScientist ?? '',
      'content-type': 'application/json',
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

const issueOf = async (iid: number) => Issue.parse(await gitlab('GET', `/issues/${iid}`));
const notesOf = async (iid: number) =>
  Notes.parse(await gitlab('GET', `/issues/${iid}/notes`))
    .filter(({ system }) => !system)
    .map(({ body }) => body);

/** An environment of its own that drifts as the test says; its run has a policy that opens a case at the first breach. */
async function makePlace() {
  const environment = `t${randomBytes(4).toString('hex')}`;
  const documents = s3Documents({ bucket: BUCKET });
  const policy = Policy.parse({
    apiVersion: 'mlops/v1',
    model: MODEL,
    data: [{ name: 'flights', uri: 's3://mlops-data-local/flight-delays/' }],
    pipeline: {},
    evaluation: { gates: [{ metric: 'auc', min: 0.7 }] },
    approval: { stewards: { group: 'ml-stewards' } },
    environments: [{ name: environment, instanceType: 'ml.m5.large', capture: { percent: 100 } }],
    smokeTest: {},
    monitoring: { drift: { alert: { consecutive: 1 } } },
  });
  const write = (name: string, content: string, type: string) =>
    documents.write(`documents/tests/${environment}/${name}`, content, type);
  const run = sampleRun({
    runId: randomBytes(10).toString('hex'),
    status: 'live',
    policy: await write('policy.json', canonicalJson(policy), 'application/json'),
  });
  const key = { pk: `RUN#${run.runId}`, sk: 'RUN' };
  await openTable(TABLE).put({ ...key, entity: run }, { expression: 'attribute_not_exists(pk)' });
  const report = await write('report.json', '{"verdict":"drifted"}', 'application/json');
  const page = await write('report.html', '<!doctype html><p>Drifted.', 'text/html');
  const start = Date.now() - 1000 * MINUTE;

  return {
    environment,
    /** Judges the window of that number. */
    async judge(number: number, breached: boolean) {
      const at = (minutes: number) => new Date(start + minutes * MINUTE).toISOString();
      const window = { from: at(number * 5), to: at(number * 5 + 5) };
      const which = { model: MODEL, environment, variant: 'main', endpointName: 'none', window };
      const judgement: Judgement = {
        ...{ verdict: breached ? 'drifted' : 'ok', breached, driftedShare: breached ? 0.5 : 0, rows: 1200 },
        ...{ records: 1200, invalidRecords: 0, featureScores: [], capturedRows: 1200, report, state: report },
        topFeatures: breached ? [{ name: 'distance', score: 0.31, verdict: 'drifted' }] : [],
      };
      await windows.claim(planned({ ...which, runId: run.runId, version: 3 }));
      await windows.finish(which, judgement, new Date().toISOString());
      await windows.addPage(which, page);
      return window;
    },
    async newest(): Promise<Case> {
      const found = await cases.newest({ model: MODEL, environment, signal: 'drift' });
      if (found === undefined) throw new Error('There is no case.');
      return found;
    },
    /** Calls the step as the workflow does: again, where somebody else was at it. */
    track: (window: { from: string; to: string }) =>
      poll(
        'an answer of trackCase',
        async () => {
          const { Payload } = await new LambdaClient({}).send(
            new InvokeCommand({
              FunctionName: `${TABLE}-trackCase`,
              Payload: Buffer.from(JSON.stringify({ model: MODEL, environment, window })),
            }),
          );
          const answer = Answer.parse(JSON.parse(Buffer.from(Payload ?? []).toString()));
          if (answer.errorType !== undefined && answer.errorType !== 'WriteConflict')
            throw new Error(JSON.stringify(answer));
          return answer.outcome;
        },
        { seconds: 60 },
      ),
  };
}

describe('a case in the local world', () => {
  it('is one issue for five executions, is silenced by a comment, and closes when the windows recover', async () => {
    const { judge, track, newest } = await makePlace();
    const first = await judge(0, true);
    const outcomes = await Promise.all([1, 2, 3, 4, 5].map(() => track(first)));
    expect(new Set(outcomes)).toEqual(new Set(['opened', 'open'].filter((outcome) => outcomes.includes(outcome))));
    const opened = await newest();
    const iid = opened.issue?.iid ?? 0;
    const issue = await issueOf(iid);
    expect(issue).toMatchObject({ state: 'opened', confidential: true, labels: ['model-feedback'] });
    expect(issue.description).toContain(COMMIT);
    const issues = z.array(Issue).parse(await gitlab('GET', '/issues?per_page=100&state=all'));
    expect(issues.filter(({ description }) => description.includes(opened.caseId))).toHaveLength(1);

    const [, secret] = /\[report\.html\]\(\/uploads\/([0-9a-f]+)\/report\.html\)/.exec(issue.description) ?? [];
    const headers = { 'private-token': testCredentials().accessTokens.dataScientist ?? '' };
    const upload = `${urls.gitlab}/api/v4/projects/${PROJECT}/uploads/${secret}/report.html`;
    expect(await (await fetch(upload, { headers })).text()).toContain('Drifted.');

    await gitlab('POST', `/issues/${iid}/notes`, { body: '/mlops be quiet' });
    await poll('the answer to a wrong command', async () =>
      (await notesOf(iid)).some((note) => note.includes('not understood')) ? true : undefined,
    );
    expect((await newest()).snoozedUntil).toBeUndefined();
    await gitlab('POST', `/issues/${iid}/notes`, { body: 'The vendor knows.\n/mlops snooze 3d' });
    await poll('the silence', async () => (await newest()).snoozedUntil);
    expect(await track(await judge(1, true))).toBe('silenced');

    expect(await track(await judge(2, false))).toBe('closed');
    expect(await issueOf(iid)).toMatchObject({ state: 'closed' });
    expect((await notesOf(iid)).filter((note) => note.startsWith('Recovered'))).toHaveLength(1);
    expect(await newest()).toMatchObject({ status: 'closed', closedBy: { kind: 'recovery' }, breaches: 2 });
  });

  it('is closed by a person who closes the issue, and stays so when the issue is reopened', async () => {
    const { judge, track, newest } = await makePlace();
    await track(await judge(0, true));
    const opened = await newest();
    const iid = opened.issue?.iid ?? 0;
    await gitlab('PUT', `/issues/${iid}`, { state_event: 'close' });
    await poll('the end of the case', async () => ((await newest()).status === 'closed' ? true : undefined));
    expect(await newest()).toMatchObject({ closedBy: { kind: 'person', user: { username: 'data-scientist' } } });

    await gitlab('PUT', `/issues/${iid}`, { state_event: 'reopen' });
    await poll('a word on the reopened issue', async () =>
      (await notesOf(iid)).some((note) => note.includes('stays so')) ? true : undefined,
    );
    expect((await newest()).status).toBe('closed');
    expect(await track(await judge(1, true))).toBe('opened');
    expect((await newest()).caseId).not.toBe(opened.caseId);
    expect((await newest()).issue?.iid).not.toBe(iid);
  });
});
