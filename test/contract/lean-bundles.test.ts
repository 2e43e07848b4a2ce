import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import lean from '../../plugins/lean-bundles.mjs';

const RESOLVERS = [
  'cloudwatch',
  'cloudwatch-logs',
  'dynamodb',
  'eventbridge',
  'kms',
  's3',
  'sagemaker',
  'sagemaker-runtime',
  'scheduler',
  'secrets-manager',
  'sfn',
  'sns',
] as const;
type Endpoint = { url: URL; properties?: { authSchemes?: unknown } };
type Parameters = Record<string, unknown>;
type Sdk = typeof import('@aws-sdk/client-s3') &
  typeof import('@aws-sdk/client-dynamodb') & {
    resolvers: Record<(typeof RESOLVERS)[number], (parameters: Parameters) => Endpoint>;
  };

const ENTRY = `
export { S3Client, CopyObjectCommand, GetObjectCommand, HeadObjectCommand, ListObjectVersionsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
export { DynamoDBClient, PutItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
${RESOLVERS.map((name, index) => `import { defaultEndpointResolver as r${index} } from '@aws-sdk/client-${name}/dist-es/endpoint/endpointResolver';`).join('\n')}
export const resolvers = { ${RESOLVERS.map((name, index) => `'${name}': r${index}`).join(', ')} };
`;

const CRC32 = Buffer.from(crc32('text').toString(16).padStart(8, '0'), 'hex').toString('base64');
const SHA1 = createHash('sha1').update('text').digest('base64');

let folder: string;
let leanSdk: Sdk;
let fullSdk: Sdk;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'lean-'));
  [leanSdk, fullSdk] = await Promise.all([bundle('lean', lean), bundle('full', [])]);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function bundle(name: string, plugins: typeof lean): Promise<Sdk> {
  const outfile = path.join(folder, `${name}.mjs`);
  const banner = {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  };
  await build({
    stdin: { contents: ENTRY, resolveDir: process.cwd() },
    outfile,
    plugins,
    banner,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
  });
  return import(pathToFileURL(outfile).href);
}

describe('a lean bundle', () => {
  const regions = ['eu-central-1', 'us-east-1', 'us-gov-west-1', 'cn-north-1', 'xx-nowhere-1'];
  const endpoints = [undefined, 'http://127.0.0.1:4566', 'http://aws.localhost:4566', 'https://proxy.example/aws'];
  const endpointOf = (sdk: Sdk, service: (typeof RESOLVERS)[number], parameters: Parameters) => {
    const { url, properties } = sdk.resolvers[service]({ UseFIPS: false, UseDualStack: false, ...parameters });
    return { url: url.href, authSchemes: properties?.authSchemes };
  };

  it.each(RESOLVERS)('finds %s where the whole SDK does', (service) => {
    for (const Region of regions) {
      for (const Endpoint of endpoints) {
        const parameters = { Region, ...(Endpoint !== undefined && { Endpoint }) };
        expect(endpointOf(leanSdk, service, parameters)).toEqual(endpointOf(fullSdk, service, parameters));
      }
    }
  });

  it.each([
    'mlops-prod-111122223333',
    // The whole SDK finds no address for dots before an IP address.
    'dots.in.bucket',
    'Upper-Case',
    '127.0.0.1',
    'a-b',
  ])('finds the bucket %s where the whole SDK does', (Bucket) => {
    for (const Region of regions) {
      for (const Endpoint of endpoints) {
        const atAddress = Endpoint?.includes('127.0.0.1') === true && Bucket.includes('.');
        for (const ForcePathStyle of atAddress ? [true] : [true, false]) {
          const parameters = { Region, Bucket, ForcePathStyle, ...(Endpoint !== undefined && { Endpoint }) };
          expect(endpointOf(leanSdk, 's3', parameters)).toEqual(endpointOf(fullSdk, 's3', parameters));
        }
      }
    }
  });

  it.each([
    [{ UseFIPS: true }],
    [{ UseDualStack: true }],
    [{ Bucket: 'arn:aws:s3:eu-central-1:111122223333:accesspoint/data' }],
    [{ Bucket: 'fast--euc1-az1--x-s3' }],
  ])('says what was left out when it is asked for: %j', (parameters) => {
    expect(() => endpointOf(leanSdk, 's3', { Region: 'eu-central-1', ...parameters })).toThrow(
      'left out of the bundles, see plugins/lean-bundles.mjs',
    );
  });
});

describe('a client of a lean bundle', () => {
  type Received = { method: string; url: string; headers: Record<string, unknown>; body: string };
  type Answer = { status: number; headers?: Record<string, string>; body?: string };
  const CHANGING = /^(authorization|x-amz-date|amz-sdk-invocation-id|user-agent|x-amz-user-agent)$/;
  let server: Server;
  let endpoint: string;
  let received: Received[];
  let answers: Answer[];

  beforeAll(async () => {
    server = createServer(async (request, response) => {
      received.push({
        method: request.method ?? '',
        url: request.url ?? '',
        headers: Object.fromEntries(Object.entries(request.headers).filter(([name]) => !CHANGING.test(name))),
        body: await textOf(request),
      });
      const { status, headers, body } = answers.shift() ?? { status: 200 };
      response.writeHead(status, headers).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    endpoint = `http://127.0.0.1:${port}`;
  });
  afterAll(() => {
    server.close();
  });
  beforeEach(() => {
    received = [];
  });

  const settings = () => ({
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret' },
    maxAttempts: 2,
  });

  /** What was sent, and what came of it: the answer's fields, or the error as the adapters see it. */
  async function storyOf(sdk: Sdk, call: (sdk: Sdk) => Promise<object>, given: Answer[]) {
    received = [];
    answers = [...given];
    const outcome = await call(sdk).catch((error: unknown) => {
      const { name, message, $metadata, CancellationReasons } = error as Record<string, unknown>;
      return {
        name,
        message,
        status: ($metadata as { httpStatusCode?: number } | undefined)?.httpStatusCode,
        CancellationReasons,
      };
    });
    return { outcome: { ...outcome, $metadata: undefined }, received };
  }

  const s3Error = (status: number, code: string): Answer => ({
    status,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>Said by S3</Message><Key>k</Key></Error>`,
  });
  const dynamodbError = (status: number, type: string, more: object = {}): Answer => ({
    status,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, Message: 'Said by DynamoDB', ...more }),
  });
  const reasons = { CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed', Message: 'No' }] };
  const s3 = (sdk: Sdk) => new sdk.S3Client(settings());
  const dynamodb = (sdk: Sdk) => new sdk.DynamoDBClient(settings());
  const get = async (sdk: Sdk) => {
    const { Body, VersionId } = await s3(sdk).send(new sdk.GetObjectCommand({ Bucket: 'bucket', Key: 'a/b c' }));
    return { text: await Body?.transformToString(), VersionId };
  };
  const head = (sdk: Sdk) => s3(sdk).send(new sdk.HeadObjectCommand({ Bucket: 'bucket', Key: 'k' }));
  const put = (sdk: Sdk) =>
    s3(sdk).send(new sdk.PutObjectCommand({ Bucket: 'bucket', Key: 'k', Body: Buffer.from('text'), IfNoneMatch: '*' }));
  const list = (sdk: Sdk) => s3(sdk).send(new sdk.ListObjectVersionsCommand({ Bucket: 'bucket', Prefix: 'a/' }));
  const copy = (sdk: Sdk) =>
    s3(sdk).send(new sdk.CopyObjectCommand({ Bucket: 'bucket', Key: 'k', CopySource: 'other/k' }));
  const putItem = (sdk: Sdk) =>
    dynamodb(sdk).send(new sdk.PutItemCommand({ TableName: 'table', Item: { pk: { S: '1' }, n: { N: '2' } } }));
  const transact = (sdk: Sdk) =>
    dynamodb(sdk).send(
      new sdk.TransactWriteItemsCommand({
        TransactItems: [{ Put: { TableName: 'table', Item: { pk: { S: '1' } } } }],
        ClientRequestToken: 'token',
      }),
    );

  it.each<[string, (sdk: Sdk) => Promise<object>, Answer[]]>([
    ['reads an object', get, [{ status: 200, headers: { 'x-amz-version-id': 'v1' }, body: 'text' }]],
    [
      'reads an object whose checksum is right',
      get,
      [{ status: 200, headers: { 'x-amz-checksum-crc32': CRC32 }, body: 'text' }],
    ],
    [
      'reads an object whose checksum is wrong',
      get,
      [{ status: 200, headers: { 'x-amz-checksum-crc64nvme': 'AAAAAAAAAAA=' }, body: 'text' }],
    ],
    ['reads an object with a SHA-1', get, [{ status: 200, headers: { 'x-amz-checksum-sha1': SHA1 }, body: 'text' }]],
    ['reads no object', get, [s3Error(404, 'NoSuchKey')]],
    ['is refused an object', get, [s3Error(403, 'AccessDenied')]],
    ['reads an object on the second try', get, [s3Error(503, 'SlowDown'), { status: 200, body: 'text' }]],
    ['looks at an object', head, [{ status: 200, headers: { 'content-length': '4' } }]],
    ['looks at no object', head, [{ status: 404 }]],
    ['writes an object', put, [{ status: 200, headers: { 'x-amz-version-id': 'v1', etag: '"e"' } }]],
    ['writes an object that is there', put, [s3Error(412, 'PreconditionFailed')]],
    ['writes an object beside somebody else', put, [s3Error(409, 'ConditionalRequestConflict')]],
    [
      'lists objects',
      list,
      [
        {
          status: 200,
          body: '<ListVersionsResult><IsTruncated>false</IsTruncated><Version><Key>a/1</Key><VersionId>v</VersionId><IsLatest>true</IsLatest><Size>3</Size><LastModified>2026-11-01T00:00:00.000Z</LastModified></Version></ListVersionsResult>',
        },
      ],
    ],
    ['lists no bucket', list, [s3Error(404, 'NoSuchBucket')]],
    [
      'copies an object',
      copy,
      [
        {
          status: 200,
          body: '<CopyObjectResult><ETag>"e"</ETag></CopyObjectResult>',
          headers: { 'x-amz-version-id': 'v' },
        },
      ],
    ],
    [
      'copies an object that S3 fails to copy after it said 200',
      copy,
      [s3Error(200, 'InternalError'), s3Error(200, 'InternalError')],
    ],
    ['writes an item', putItem, [{ status: 200, body: '{}' }]],
    ['writes an item whose condition fails', putItem, [dynamodbError(400, 'ConditionalCheckFailedException')]],
    ['finds no table', putItem, [dynamodbError(400, 'ResourceNotFoundException')]],
    [
      'writes an item on the second try',
      putItem,
      [dynamodbError(400, 'ProvisionedThroughputExceededException'), { status: 200, body: '{}' }],
    ],
    ['writes items', transact, [{ status: 200, body: '{}' }]],
    ['writes items of which one fails', transact, [dynamodbError(400, 'TransactionCanceledException', reasons)]],
    [
      'meets a failure of DynamoDB',
      putItem,
      [dynamodbError(500, 'InternalServerError'), dynamodbError(500, 'InternalServerError')],
    ],
  ])('%s as the whole SDK does', async (_what, call, given) => {
    const expected = await storyOf(fullSdk, call, given);
    const found = await storyOf(leanSdk, call, given);
    expect(found).toEqual(expected);
    expect(found.received).not.toEqual([]);
  });
});

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
