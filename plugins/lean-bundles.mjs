/**
 * Leaves out of the Lambda bundles what no function can use; about 200 kB each. The AWS SDK is written for every host and
 * every service, and a bundler can't tell what a Lambda function will never do.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { stop } from 'esbuild';

/** A Lambda function's keys stand in its environment: no profile, no single sign-on, no instance metadata. */
const CREDENTIALS = `
import { fromEnv } from '@aws-sdk/credential-provider-env';
export const defaultProvider = (init) => fromEnv(init);
`;

/** Functions read by their schemas; none of them publishes one as JSON Schema. */
const JSON_SCHEMA = /zod[\\/]v4[\\/]core[\\/](to-json-schema|json-schema-processors|json-schema-generator)\.js$/;

/** Clients of services whose errors are told by name alone: their error classes need not be there. */
const ERRORS_BY_NAME = /client-(kms|sfn|cloudwatch-logs|eventbridge|sns|secrets-manager|sagemaker)[\\/]/;

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

const lean = {
  name: 'lean-bundles',
  setup(build) {
    // After a failed build, serverless-esbuild leaves esbuild running, and the CLI would print its error and never end.
    build.onEnd(({ errors }) => {
      if (errors.length > 0) setTimeout(stop, 100);
    });
    const replaced = {
      '@aws-sdk/credential-provider-node': CREDENTIALS,
      '@aws-sdk/middleware-endpoint-discovery': ENDPOINT_DISCOVERY,
      '@smithy/core/event-streams': EVENT_STREAMS,
    };
    build.onResolve({ filter: new RegExp(`^(${Object.keys(replaced).join('|')})$`) }, ({ path, resolveDir }) => ({
      path,
      namespace: 'lean',
      pluginData: resolveDir,
    }));
    // The package gives Node its CommonJS build, of which nothing can be left out.
    build.onResolve({ filter: /^yaml$/ }, () => ({ path: path.resolve('node_modules/yaml/browser/dist/index.js') }));
    build.onLoad({ filter: /.*/, namespace: 'lean' }, ({ path: name, pluginData }) => ({
      contents: replaced[name],
      resolveDir: pluginData,
      loader: 'js',
    }));
    build.onLoad(
      { filter: /@aws-sdk[\\/]client-[a-z0-9-]+[\\/]dist-es[\\/]schemas[\\/]schemas_0\.js$/ },
      ({ path }) => ({
        contents: leanSchemas(path),
        loader: 'js',
      }),
    );
    build.onLoad({ filter: /@aws-sdk[\\/]client-[a-z0-9-]+[\\/]package\.json$/ }, ({ path }) => ({
      contents: JSON.stringify({ version: JSON.parse(readFileSync(path, 'utf8')).version }),
      loader: 'json',
    }));
    build.onLoad({ filter: JSON_SCHEMA }, ({ path }) => ({
      contents: withoutBodies(readFileSync(path, 'utf8')),
      loader: 'js',
    }));
  },
};

function leanSchemas(path) {
  const schemas = withPlainKeys(readFileSync(path, 'utf8'));
  return ERRORS_BY_NAME.test(path) ? schemas.replace(/^n0_registry\.registerError\(.*\);$/gm, '') : schemas;
}

/** The same exports, each refusing to be called. */
function withoutBodies(module) {
  const names = [...module.matchAll(/^export (?:const|function|class) (\w+)/gm)].map(([, name]) => name);
  const refuse = "() => { throw new Error('JSON Schema is left out of the bundles: see plugins/lean-bundles.mjs.'); }";
  return names.map((name) => `export const ${name} = ${refuse};`).join('\n');
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

export default [lean];
