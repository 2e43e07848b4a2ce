import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Credentials } from './credentials.ts';
import { accountId, awsIdentity, region, type WorldUrls } from './environment.ts';
import type { PartName } from './part-names.ts';
import type { PartDefinition } from './part-process.ts';
import type { Ports } from './ports.ts';
import { projectRoot } from './project-root.ts';
import type { Venv } from './python.ts';
import type { StateFolder } from './state-folder.ts';
import { WorldError } from './world-error.ts';

export interface PartContext {
  readonly folder: StateFolder;
  readonly ports: Ports;
  readonly urls: WorldUrls;
  readonly credentials: Credentials;
  /** Virtual environments; each exists if a started part needs it. */
  readonly venvs: { readonly aws?: Venv; readonly ml?: Venv };
}

const host = '127.0.0.1';
/** The emulator gives an API this id when it finds it in the tag `ms-custom-id` (serverless.yml, provider.tags). */
const httpApiId = '6d6c6f70';
const nodeBin = join(projectRoot, 'node_modules', '.bin');

/** Command and whole environment of each part. */
export const partDefinitions: Readonly<Record<PartName, (context: PartContext) => PartDefinition>> = {
  aws: awsPart,
  sagemaker: (context) =>
    nodePart('sagemaker', context, '/_local/health', {
      AWS_ENDPOINT_URL: context.urls.aws,
      ...awsIdentity,
      AWS_ACCOUNT_ID: accountId,
      ...settingsOf('LOCAL_SAGEMAKER_'),
      SAGEMAKER_PYTHON: requireVenv(context.venvs.ml).python,
      BOTOCORE_DATA: botocoreData(requireVenv(context.venvs.aws)),
    }),
  gitlab: (context) =>
    nodePart('gitlab', context, '/_local/health', {
      EXTERNAL_URL: context.urls.gitlab,
      CI_PATH: [writeMlopsCommand(context.folder), requireVenv(context.venvs.ml).bin, nodeBin].join(delimiter),
      CI_ENV: JSON.stringify({ AWS_ENDPOINT_URL: context.urls.aws, ...awsIdentity }),
      GITLAB_ROOT_TOKEN: context.credentials.gitlabRootToken,
      OAUTH_CLIENTS: JSON.stringify([
        {
          name: 'MLOps',
          application_id: context.credentials.oauthClientId,
          secret: context.credentials.oauthClientSecret,
          redirect_uri: `${context.urls.web}/auth/callback`,
          scopes: 'openid profile email',
          confidential: true,
        },
      ]),
    }),
  inbox: (context) =>
    nodePart('inbox', context, '/_local/health', { AWS_ENDPOINT_URL: context.urls.aws, ...awsIdentity }),
  web: (context) =>
    nodePart('web', context, '/_local/health', {
      UPSTREAM_URL: context.urls.aws,
      HTTP_API_HOST: `${httpApiId}.execute-api.localhost`,
    }),
};

/** Bundles are named after their folder below local/; the part `web` is local/front. */
const bundles: Partial<Record<PartName, string>> = { web: 'front' };

function nodePart(
  name: PartName,
  { folder, ports }: PartContext,
  healthPath: string,
  environment: Readonly<Record<string, string>>,
): PartDefinition {
  const bundle = (file: string): string => join(projectRoot, '.build', `${file}.mjs`);
  mkdirSync(folder.partState(name), { recursive: true });
  return {
    name,
    command: join(nodeBin, 'node'),
    arguments: ['--enable-source-maps', '--import', bundle('end-with-parent'), bundle(bundles[name] ?? name)],
    environment: {
      ...plainEnvironment(folder),
      HOST: host,
      PORT: String(ports[name]),
      STATE_DIR: folder.partState(name),
      ...environment,
    },
    healthUrl: `http://${host}:${ports[name]}${healthPath}`,
    logFile: folder.logFile(name),
  };
}

function awsPart({ folder, ports, urls, venvs }: PartContext): PartDefinition {
  const stateFolder = folder.partState('aws');
  const temporary = join(folder.temporary, 'aws');
  mkdirSync(stateFolder, { recursive: true });
  // The emulator leaves the code of the Lambdas of its last run here.
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  // Lambdas are unpacked below: without this, the clone's own package.json would make their CommonJS starter an ES module.
  writeFileSync(join(temporary, 'package.json'), '{"type":"commonjs"}\n');
  return {
    name: 'aws',
    command: requireVenv(venvs.aws).python,
    arguments: [join(projectRoot, 'local', 'aws', 'launcher.py')],
    // Every Lambda inherits this environment.
    environment: {
      ...plainEnvironment(folder),
      TMPDIR: temporary,
      PYTHONDONTWRITEBYTECODE: '1',
      GATEWAY_PORT: String(ports.aws),
      BIND_HOST: host,
      MINISTACK_REGION: region,
      MINISTACK_ACCOUNT_ID: accountId,
      AUTH: 'true',
      IOT_MTLS_ENABLED: '0',
      SFTP_ENABLED: '0',
      DOCKER_HOST: `unix://${join(temporary, 'no-docker.sock')}`,
      PERSIST_STATE: '1',
      STATE_DIR: stateFolder,
      S3_PERSIST: '1',
      S3_DATA_DIR: join(stateFolder, 's3'),
      LAMBDA_WARM_TTL_SECONDS: '30',
      LAMBDA_ACCOUNT_CONCURRENCY: '24',
      LAUNCHER_SAGEMAKER_URL: urls.sagemaker,
      LAUNCHER_END_WITH_STDIN: '1',
    },
    healthUrl: `http://${host}:${ports.aws}/_ministack/health`,
    logFile: folder.logFile('aws'),
  };
}

function plainEnvironment(folder: StateFolder): Record<string, string> {
  mkdirSync(folder.home, { recursive: true });
  mkdirSync(folder.temporary, { recursive: true });
  return {
    PATH: [nodeBin, process.env.PATH ?? '/usr/bin:/bin'].join(delimiter),
    HOME: folder.home,
    TMPDIR: folder.temporary,
    LANG: 'C.UTF-8',
    NODE_ENV: 'production',
  };
}

/** CI jobs call `mlops` as in a container image that has it installed. */
function writeMlopsCommand(folder: StateFolder): string {
  mkdirSync(folder.tools, { recursive: true });
  const script = `#!/bin/sh\nexec "${join(nodeBin, 'node')}" "${join(projectRoot, '.build', 'cli.mjs')}" "$@"\n`;
  writeFileSync(join(folder.tools, 'mlops'), script, { mode: 0o755 });
  return folder.tools;
}

/** The settings of a part that whoever starts the world gave in its environment. */
function settingsOf(prefix: string): Record<string, string> {
  const given = Object.entries(process.env).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(given.flatMap(([name, value]) => (value ? [[name, value]] : [])));
}

function requireVenv(venv: Venv | undefined): Venv {
  if (venv === undefined) throw new WorldError('A virtual environment is missing: delete .local/venv and start again.');
  return venv;
}

/** The folder of botocore's service models, which come with the local AWS. */
function botocoreData(venv: Venv): string {
  const libraries = join(venv.folder, 'lib');
  const python = readdirSync(libraries).find((name) => name.startsWith('python3'));
  if (python === undefined)
    throw new WorldError(`${libraries} holds no Python: delete ${venv.folder} and start again.`);
  return join(libraries, python, 'site-packages', 'botocore', 'data');
}
