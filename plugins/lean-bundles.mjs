/**
 * Leaves out of the Lambda bundles what no function can use; 220 to 350 kB each. The AWS SDK is written for every host and
 * every service, and a bundler can't tell what a Lambda function will never do.
 */
import { readFileSync } from 'node:fs';
import { stop } from 'esbuild';

/** A Lambda function's keys stand in its environment: no profile, no single sign-on, no instance metadata. */
const CREDENTIALS = `
import { fromEnv } from '@aws-sdk/credential-provider-env';
export const defaultProvider = (init) => fromEnv(init);
`;

/** No function reads or writes an event stream. Using one anyway fails with this sentence. */
const EVENT_STREAMS = `
const refuse = () => { throw new Error('Event streams are left out of the bundles: see plugins/lean-bundles.mjs.'); };
export const eventStreamSerdeProvider = () => ({ serialize: refuse, deserialize: refuse });
export const resolveEventStreamSerdeConfig = (input) => Object.assign(input, { eventStreamMarshaller: eventStreamSerdeProvider() });
export class EventStreamSerde { constructor() { refuse(); } }
`;

/** DynamoDB's endpoint is known from the region, or given. */
const ENDPOINT_DISCOVERY = `
export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = { environmentVariableSelector: () => false, configFileSelector: () => false, default: false };
export const resolveEndpointDiscoveryConfig = (input) => input;
export const getEndpointDiscoveryPlugin = () => ({ applyToStack: () => {} });
`;

/** Only requests to several regions at once are signed for all of them, and no function sends one. */
const ONE_REGION = `
import { SignatureV4 } from '@smithy/signature-v4';
export class SignatureV4MultiRegion extends SignatureV4 { static sigv4aDependency() { return 'none'; } }
`;

const PACKAGES = {
  '@aws-sdk/credential-provider-node': CREDENTIALS,
  '@aws-sdk/middleware-endpoint-discovery': ENDPOINT_DISCOVERY,
  '@aws-sdk/signature-v4-multi-region': ONE_REGION,
  '@smithy/core/event-streams': EVENT_STREAMS,
};

/** Modules that are emptied: their middleware does nothing, and calling anything else in them fails with what is left out. */
const EMPTIED = [
  // Functions read by their schemas; none of them publishes one as JSON Schema.
  ['JSON Schema', /zod[\\/]v4[\\/]core[\\/](to-json-schema|json-schema-processors|json-schema-generator)\.js$/],
  // Node.js has these digests built in.
  ['Digests in JavaScript', /[\\/](Sha256Js|Sha1Js|Md5Js|Crc32Js)\.js$/],
  ['The adaptive retry mode', /util-retry[\\/](AdaptiveRetryStrategy|DefaultRateLimiter)\.js$/],
  ['Instance metadata', /regionConfig[\\/]getInstanceMetadataRegion\.js$/],
  // What is sent is held in memory, and what is received is a stream of Node.js.
  ['Sending streams', /util-stream[\\/](createBufferedReadable|getAwsChunkedEncodingStream)(\.browser)?\.js$/],
  ["Browsers' streams", /util-stream[\\/]sdk-stream-mixin\.browser\.js$/],
  ['S3 Express', /middleware-s3-express[\\/](classes|functions)[\\/]\w+\.js$/],
  ['Following S3 into another region', /middleware-region-redirect[\\/]region-redirect[\w-]*\.js$/],
];

/** A Lambda function has no home with settings in it. */
const SHARED_SETTINGS = `
export const CONFIG_PREFIX_SEPARATOR = '.';
export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} });
`;

/** Made with every client of S3, and asked for nothing. */
const S3_EXPRESS_IDENTITIES = `
export class S3ExpressIdentityProviderImpl {}
`;

const MODULES = [
  [/shared-ini-file-loader[\\/]loadSharedConfigFiles\.js$/, SHARED_SETTINGS],
  [/middleware-s3-express[\\/]classes[\\/]S3ExpressIdentityProviderImpl\.js$/, S3_EXPRESS_IDENTITIES],
];

/** The services whose endpoint is made of this name and the region. Other services keep the rules of the SDK. */
const HOSTS = {
  cloudwatch: 'monitoring',
  'cloudwatch-logs': 'logs',
  dynamodb: 'dynamodb',
  eventbridge: 'events',
  kms: 'kms',
  s3: 's3',
  sagemaker: 'api.sagemaker',
  'sagemaker-runtime': 'runtime.sagemaker',
  scheduler: 'scheduler',
  'secrets-manager': 'secretsmanager',
  sfn: 'states',
  sns: 'sns',
};

/** Errors are told by name, and only of this client's by class. */
const ERRORS_BY_CLASS = /client-sagemaker-runtime[\\/]/;

const lean = {
  name: 'lean-bundles',
  setup(build) {
    // After a failed build, serverless-esbuild leaves esbuild running, and the CLI would print its error and never end.
    build.onEnd(({ errors }) => {
      if (errors.length > 0) setTimeout(stop, 100);
    });
    build.onResolve({ filter: new RegExp(`^(${Object.keys(PACKAGES).join('|')})$`) }, ({ path, resolveDir }) => ({
      path,
      namespace: 'lean',
      pluginData: resolveDir,
    }));
    build.onLoad({ filter: /.*/, namespace: 'lean' }, ({ path: name, pluginData }) => ({
      contents: PACKAGES[name],
      resolveDir: pluginData,
      loader: 'js',
    }));
    const change = (filter, contentsOf, loader = 'js') =>
      build.onLoad({ filter }, ({ path }) => ({ contents: contentsOf(path), loader }));
    for (const [filter, contents] of MODULES) change(filter, () => contents);
    for (const [what, filter] of EMPTIED) change(filter, (path) => emptied(what, readFileSync(path, 'utf8')));
    change(/@aws-sdk[\\/]client-[a-z0-9-]+[\\/]dist-es[\\/]schemas[\\/]schemas_0\.js$/, leanSchemas);
    change(/@aws-sdk[\\/]client-[a-z0-9-]+[\\/]dist-es[\\/]endpoint[\\/]endpointResolver\.js$/, leanEndpoints);
    change(
      /@aws-sdk[\\/]client-[a-z0-9-]+[\\/]package\.json$/,
      (path) => JSON.stringify({ version: JSON.parse(readFileSync(path, 'utf8')).version }),
      'json',
    );
  },
};

/** The same exports: plugins that add no middleware, and the rest refusing to be called. */
function emptied(what, module) {
  const names = [...module.matchAll(/^export (?:const|class|(?:async )?function) (\w+)/gm)].map(([, name]) => name);
  const stand = (name) => `${/^get\w+Plugin$/.test(name) ? 'noPlugin' : 'leftOut'} as ${name}`;
  return `
const noPlugin = () => ({ applyToStack: () => {} });
function leftOut() { throw new Error(${JSON.stringify(`${what}: left out of the bundles, see plugins/lean-bundles.mjs.`)}); }
export { ${names.map(stand).join(', ')} };
`;
}

function leanSchemas(path) {
  const schemas = withPlainKeys(readFileSync(path, 'utf8'));
  return ERRORS_BY_CLASS.test(path) ? schemas : schemas.replace(/^n0_registry\.registerError\(.*\);$/gm, '');
}

/** Schemas of unused operations are dropped only if nothing in them may have an effect, and `[name]: …` may. */
function withPlainKeys(schemas) {
  const constants = new Map(
    [...schemas.matchAll(/^const (_\w+) = ("[^"]*");$/gm)].map(([, name, value]) => [name, value]),
  );
  return schemas.replace(/\[(_\w+)\]:/g, (computed, name) =>
    constants.has(name) ? `${constants.get(name)}:` : computed,
  );
}

/** The endpoint that is given, or else the region's. The SDK's rules also know FIPS, dual stacks, outposts, access points … */
function leanEndpoints(path) {
  const [, service] = /client-([a-z0-9-]+)[\\/]dist-es/.exec(path);
  if (!(service in HOSTS)) return readFileSync(path, 'utf8');
  return `
import { isVirtualHostableS3Bucket, partition } from '@aws-sdk/core/client';
import { isIpAddress } from '@smithy/core/endpoints';
export const defaultEndpointResolver = ({ Endpoint, Region, UseFIPS, UseDualStack, ...rest }) => {
  if (UseFIPS || UseDualStack) throw new Error('FIPS and dual-stack endpoints: left out of the bundles, see plugins/lean-bundles.mjs.');
  const url = new URL(Endpoint ?? \`https://${HOSTS[service]}.\${Region}.\${partition(Region).dnsSuffix}\`);
  return ${service === 's3' ? 'withBucket(url, Region, rest)' : '{ url, properties: {}, headers: {} }'};
};
${service === 's3' ? BUCKETS : ''}`;
}

/** A bucket is the first part of the host where it can be, and of the path elsewhere. */
const BUCKETS = `
function withBucket(url, Region, { Bucket = '', ForcePathStyle }) {
  if (/^arn:|--x(a-b)?-s3$|--op-s3$|--table-s3$/.test(Bucket)) throw new Error('Access points and S3 Express: left out of the bundles, see plugins/lean-bundles.mjs.');
  const inHost = !ForcePathStyle && !isIpAddress(url.hostname) && isVirtualHostableS3Bucket(Bucket, url.protocol === 'http:');
  if (Bucket !== '' && inHost) url.hostname = \`\${Bucket}.\${url.hostname}\`;
  if (Bucket !== '' && !inHost) url.pathname = \`\${url.pathname.replace(/[/]$/, '')}/\${encodeURIComponent(Bucket)}\`;
  const authScheme = { name: 'sigv4', signingName: 's3', signingRegion: Region, disableDoubleEncoding: true };
  return { url, properties: { authSchemes: [authScheme] }, headers: {} };
}
`;

export default [lean];
