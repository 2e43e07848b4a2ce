import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Configuration } from '../../../local/sagemaker/configuration.ts';
import { availableMode, type ContainerMode, Containers } from '../../../local/sagemaker/containers/container.ts';

let root: string;
let configuration: Configuration;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'containers-'));
  configuration = {
    port: 0,
    host: '127.0.0.1',
    stateFolder: join(root, 'state'),
    awsEndpoint: process.env.AWS_ENDPOINT_URL ?? 'http://127.0.0.1:4566',
    region: 'eu-central-1',
    accessKeyId: 'test',
    secretAccessKey: 'test',
    accountId: '000000000000',
    python: execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim(),
    botocoreData: '',
    quotas: undefined,
    timeScale: 1,
  };
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

const script = `import os, pathlib, shutil, subprocess, sys
folder = pathlib.Path('/opt/ml/processing/result')
folder.mkdir(parents=True)
(folder / 'pathlib.txt').write_text(open('/opt/ml/input/given.txt').read())
shutil.copytree('/opt/ml/input', '/opt/ml/processing/copied')
os.rename('/opt/ml/processing/copied/given.txt', '/opt/ml/processing/copied/moved.txt')
assert sorted(os.listdir('/opt/ml')) == ['input', 'processing'], os.listdir('/opt/ml')
assert os.path.exists(sys.argv[1]) and os.path.isdir(os.environ['SM_MODEL_DIR'] + '/..')
assert 'AWS_PROFILE' not in os.environ
subprocess.run([sys.executable, '-c', "open('/opt/ml/processing/child.txt', 'w').write('child')"], check=True)
print('said')
`;

async function runScript(
  mode: ContainerMode,
  folderName: string,
): Promise<{ code: number; optMl: string; log: string }> {
  const folder = { root: join(root, folderName), optMl: join(root, folderName, 'opt-ml') };
  mkdirSync(join(folder.optMl, 'input'), { recursive: true });
  writeFileSync(join(folder.optMl, 'input', 'given.txt'), 'given');
  writeFileSync(join(folder.root, 'job.py'), script);
  const logFile = join(folder.root, 'log');
  const container = new Containers(configuration, mode).start(folder, {
    command: ['python3', join(folder.root, 'job.py'), '/opt/ml/input/given.txt'],
    cwd: '/opt/ml/input',
    environment: { SM_MODEL_DIR: '/opt/ml/input' },
    logFile,
  });
  return { code: await container.exited, optMl: folder.optMl, log: readFileSync(logFile, 'utf8') };
}

describe('a container', () => {
  it.each(['available', 'rewriting'] as const)('sees its own folder as /opt/ml in the mode: %s', async (wanted) => {
    const mode = wanted === 'available' ? await availableMode(configuration) : wanted;
    const { code, optMl, log } = await runScript(mode, wanted);
    expect({ code, log }).toEqual({ code: 0, log: 'said\n' });
    const written = (path: string) => readFileSync(join(optMl, 'processing', path), 'utf8');
    expect([written('result/pathlib.txt'), written('copied/moved.txt'), written('child.txt')]).toEqual([
      'given',
      'given',
      'child',
    ]);
  });

  it('ends with all its children when the server lets go of it', async () => {
    const folder = { root: join(root, 'killed'), optMl: join(root, 'killed', 'opt-ml') };
    mkdirSync(folder.optMl, { recursive: true });
    const containers = new Containers(configuration, await availableMode(configuration));
    const pidFile = join(folder.root, 'pid');
    const container = containers.start(folder, {
      command: ['sh', '-c', `sleep 60 & echo $! > ${pidFile}.new; mv ${pidFile}.new ${pidFile}; sleep 60`],
      cwd: '/',
      environment: {},
      logFile: join(folder.root, 'log'),
    });
    const pid = await readWhenThere(pidFile);
    await containers.killAll();
    expect(await container.exited).toBe(137);
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
});

async function readWhenThere(path: string): Promise<number> {
  for (;;) {
    try {
      return Number(readFileSync(path, 'utf8'));
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
