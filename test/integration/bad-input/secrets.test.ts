import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  DeleteRuleCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { browserSession } from '../../../local/demo/browser-session.ts';
import { people } from '../../../local/world/people.ts';
import { makeQueue } from '../../contract/own-resources.ts';
import { testCredentials } from '../../harness/world.ts';
import { pipelineHook } from '../../unit/ingest/pipeline-hook.ts';
import { type Author, authorAtWork } from './author.ts';
import { onlooker, TABLE } from './onlooker.ts';
import { deliver } from './signed-delivery.ts';
import { dataFolder, tinyRepository, training } from './tiny-repository.ts';

const world = onlooker();

/** Nothing that looks like this is a real secret; each stands where a careless author or caller would let one slip. */
const PLANTED = {
  gitlabTokenInLog: 'glpat-Canary0InTheLog1234',
  awsKeyInLog: 'AKIACANARY0INTHELOG1',
  passwordInLog: 'canary-password-in-log',
  passwordInAddress: 'canary-password-in-address',
  webhookToken: 'canary-webhook-token',
  webhookSecret: 'canary-in-a-body-that-nobody-signed',
  sessionCookie: 'canary-session-cookie',
  callbackCode: 'canary-authorization-code',
};

const CARELESS = training(`
print("token: ${PLANTED.gitlabTokenInLog}")
print("AWS_ACCESS_KEY_ID=${PLANTED.awsKeyInLog}")
print("password=${PLANTED.passwordInLog}")
print("reading postgres://reader:${PLANTED.passwordInAddress}@db.example.com/flights", flush=True)
raise SystemExit("no connection with ${PLANTED.gitlabTokenInLog}")
`);

/** What the runtime, not the function, writes into a function's log: frames, and the trace of an error that was thrown. */
const OF_THE_RUNTIME =
  /^(START|END|REPORT|INIT_START) |^\(node:\d+\) \[DEP0169\]|^\(Use `node --trace-deprecation|^(→ )?at |^[A-Z][A-Za-z]+: /;

describe('what a careless author and a stranger let slip', () => {
  const events = new EventBridgeClient({});
  const rule = { Name: 'canaries', EventBusName: TABLE };
  let queue: Awaited<ReturnType<typeof makeQueue>>;
  let author: Author;
  let issue: string;
  let startedAt: number;
  const published: string[] = [];

  beforeAll(async () => {
    startedAt = Date.now();
    author = await authorAtWork();
    queue = await makeQueue();
    await events.send(new PutRuleCommand({ ...rule, EventPattern: '{"source":["mlops"]}' }));
    await events.send(
      new PutTargetsCommand({ Rule: rule.Name, EventBusName: TABLE, Targets: [{ Id: 'queue', Arn: queue.queueArn }] }),
    );
    await world.overwrite(`${dataFolder()}flights.csv`, '1,2\n');
    const sha = await author.push('Print secrets', tinyRepository({ 'train.py': CARELESS }));
    await deliver(
      { ...pipelineHook(), secret: PLANTED.webhookSecret },
      {
        signedWith: undefined,
        headers: { 'x-gitlab-token': PLANTED.webhookToken },
      },
    );
    await fetch(world.urls.web, { headers: { cookie: `mlops-local-session=${PLANTED.sessionCookie}` } });
    await fetch(`${world.urls.web}/auth/callback?code=${PLANTED.callbackCode}&state=none`);
    await browserSession().openSignedIn(world.urls.web, people.steward1.username);
    const run = await world.runUntil(await world.runOf(sha), 'routed-back');
    issue = (await world.issueOf(run))?.description ?? '';
    const isTold = () => published.some((body) => body.includes('RunRoutedBack.v1'));
    for (let body = await queue.receive(); body !== undefined; body = await queue.receive(isTold() ? 1 : 20))
      published.push(body);
  }, 240_000);

  afterAll(async () => {
    await events.send(new RemoveTargetsCommand({ Rule: rule.Name, EventBusName: TABLE, Ids: ['queue'] }));
    await events.send(new DeleteRuleCommand(rule));
    await queue.remove();
    await author.leave();
    await world.takeDataBack();
  });

  const secrets = (): string[] => {
    const { accessTokens, gitlabRootToken, oauthClientSecret, webhookSigningToken, sessionKey } = testCredentials();
    const own = [...Object.values(accessTokens), gitlabRootToken, oauthClientSecret, webhookSigningToken, sessionKey];
    return [...own, ...Object.values(PLANTED)];
  };
  const found = (text: string): string[] => secrets().filter((secret) => text.includes(secret));

  it('is taken out of the log lines that go into the issue', () => {
    expect(issue).toContain('The last lines of the log of');
    expect(issue).toMatch(/token: .{0,3}redacted/);
    expect(found(issue)).toEqual([]);
  });

  it('stands in no event of the bus', () => {
    expect(published.join('\n')).toContain('RunRoutedBack.v1');
    expect(found(published.join('\n'))).toEqual([]);
  });

  it('stands in no mail and no issue', async () => {
    const issues = await world.stage.gitlab.issues();
    expect(found(JSON.stringify([await world.mails(), issues]))).toEqual([]);
  });

  it('stands in no log of a function or workflow, each line of which is JSON', async () => {
    const logs = new CloudWatchLogsClient({});
    const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({}));
    const groups = logGroups.map(({ logGroupName = '' }) => logGroupName);
    const ours = groups.filter((name) => name.startsWith(`/aws/lambda/${TABLE}-`) || name.includes('vendedlogs'));
    expect(ours.length).toBeGreaterThan(20);
    const lines: string[] = [];
    const sinceStart: string[] = [];
    for (const logGroupName of ours) {
      let nextToken: string | undefined;
      do {
        const { events: page = [], ...more } = await logs.send(new FilterLogEventsCommand({ logGroupName, nextToken }));
        for (const { message = '', timestamp = 0 } of page) {
          lines.push(message);
          if (timestamp >= startedAt) sinceStart.push(message.trim());
        }
        nextToken = more.nextToken;
      } while (nextToken !== undefined);
    }
    expect(sinceStart.join('\n')).toContain('"message":"delivery ignored"');
    expect(found(lines.join('\n'))).toEqual([]);
    const notJson = sinceStart.filter((line) => line !== '' && !OF_THE_RUNTIME.test(line) && !isJson(line));
    expect(notJson).toEqual([]);
  });

  it('is not shown by a scheduled function either', async () => {
    for (const name of ['relayOutbox', 'sweep']) {
      const answer = await new LambdaClient({}).send(
        new InvokeCommand({ FunctionName: `${TABLE}-${name}`, Payload: Buffer.from('{}'), LogType: 'Tail' }),
      );
      expect(answer.FunctionError).toBeUndefined();
      expect(found(Buffer.from(answer.Payload ?? []).toString('utf8'))).toEqual([]);
    }
  });
});

function isJson(line: string): boolean {
  try {
    return typeof JSON.parse(line) === 'object';
  } catch {
    return false;
  }
}
