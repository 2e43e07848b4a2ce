import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, copyFileSync, mkdirSync, openSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import * as z from 'zod';
import { awsClientSettings, awsIdentity, region, type WorldUrls } from './environment.ts';
import { projectRoot } from './project-root.ts';
import type { StateFolder } from './state-folder.ts';
import { WorldError } from './world-error.ts';

export const stackName = 'mlops-local';

/** What the deployed stack is made from. */
const sources = [
  'serverless.yml',
  'package-lock.json',
  'plugins',
  'resources',
  'functions',
  'statemachines',
  'shared',
  'events',
  'web',
  'onboarding',
];

/** Seconds are usual; a CLI that hangs must not hang the world. */
const deployTimeoutMs = 240_000;

const Deployment = z.object({ digest: z.string(), stackId: z.string() });

export interface DeployRequest {
  readonly urls: WorldUrls;
  readonly folder: StateFolder;
  readonly onProgress: (line: string) => void;
}

/** Deploys `serverless.yml` to the local AWS with the Serverless CLI, unless exactly this stands there already. */
export async function deployStack({ urls, folder, onProgress }: DeployRequest): Promise<void> {
  const parameters = { publicUrl: urls.web, gitlabUrl: urls.gitlab };
  const digest = await sourcesDigest(JSON.stringify(parameters));
  const client = new CloudFormationClient(awsClientSettings(urls));
  const deployed = await readDeployment(folder.deploymentFile);
  if (deployed?.digest === digest && deployed.stackId === (await completeStack(client))) return;
  onProgress('Deploying the stack with the Serverless CLI …');
  await runServerless(parameters, urls, folder, linkService(join(folder.temporary, 'deploy')));
  const stackId = await completeStack(client);
  if (stackId === undefined)
    throw new WorldError(`The stack is not complete after the deployment: ${folder.logFile('deploy')} says why.`);
  await writeFile(folder.deploymentFile, JSON.stringify({ digest, stackId }));
}

async function readDeployment(file: string): Promise<z.infer<typeof Deployment> | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : Deployment.parse(JSON.parse(text));
}

async function completeStack(client: CloudFormationClient): Promise<string | undefined> {
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
    const [stack] = Stacks;
    return /^(CREATE|UPDATE)_COMPLETE$/.test(stack?.StackStatus ?? '') ? stack?.StackId : undefined;
  } catch (error) {
    // "Stack with id mlops-local does not exist"
    if (error instanceof Error && error.name === 'ValidationError') return undefined;
    throw error;
  }
}

/**
 * A folder that looks like the clone to the CLI. It packages into folders beside serverless.yml, so two worlds of one clone,
 * or a world and `npm run package`, would otherwise write over each other.
 */
function linkService(folder: string): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of [...sources, 'package.json', 'tsconfig.json', 'node_modules']) {
    const source = join(projectRoot, name);
    // The CLI wants serverless.yml to be a file of its own.
    if (statSync(source).isFile()) copyFileSync(source, join(folder, name));
    else symlinkSync(source, join(folder, name));
  }
  return folder;
}

function runServerless(
  parameters: Readonly<Record<string, string>>,
  urls: WorldUrls,
  folder: StateFolder,
  serviceFolder: string,
): Promise<void> {
  const logFile = folder.logFile('deploy');
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  const bin = join(projectRoot, 'node_modules', '.bin');
  const options = Object.entries(parameters).flatMap(([name, value]) => ['--param', `${name}=${value}`]);
  const child = spawn(
    join(bin, 'node'),
    [join(bin, 'serverless'), 'deploy', '--verbose', '--stage', 'local', '--region', region, ...options],
    {
      cwd: serviceFolder,
      env: {
        PATH: [bin, process.env.PATH ?? ''].join(delimiter),
        HOME: folder.home,
        AWS_ENDPOINT_URL: urls.aws,
        ...awsIdentity,
        // Milliseconds between its questions whether the stack is complete; its 5 s are meant for AWS.
        SLS_AWS_MONITORING_FREQUENCY: '200',
        SLS_TELEMETRY_DISABLED: '1',
        SLS_NOTIFICATIONS_MODE: 'off',
        CI: '1',
      },
      stdio: ['ignore', log, log],
    },
  );
  closeSync(log);
  const end = (): void => {
    child.kill('SIGKILL');
  };
  process.on('exit', end);
  const overdue = setTimeout(end, deployTimeoutMs);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      process.off('exit', end);
      clearTimeout(overdue);
      if (code === 0) resolve();
      else reject(new WorldError(`serverless deploy failed (exit code ${code}): ${logFile} says why.`));
    });
  });
}

/** Contents, not times: a fresh checkout of the same commit is the same deployment. */
async function sourcesDigest(parameters: string): Promise<string> {
  const hash = createHash('sha256').update(parameters);
  for (const source of sources) {
    for (const file of await filesBelow(source)) hash.update(file).update(await readFile(join(projectRoot, file)));
  }
  return hash.digest('hex');
}

async function filesBelow(path: string): Promise<string[]> {
  const entries = await readdir(join(projectRoot, path), { withFileTypes: true }).catch(() => undefined);
  if (entries === undefined) return [path];
  const sorted = entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  const nested = await Promise.all(
    sorted.map((entry) => (entry.isDirectory() ? filesBelow(join(path, entry.name)) : [join(path, entry.name)])),
  );
  return nested.flat();
}
