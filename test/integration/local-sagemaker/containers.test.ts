import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Configuration } from '../../../local/sagemaker/configuration.ts';
import {
  availableMode,
  type ContainerMode,
  Containers,
  overMemoryFile,
} from '../../../local/sagemaker/containers/container.ts';
import { testConfiguration } from './test-configuration.ts';

let root: string;
let configuration: Configuration;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'containers-'));
  configuration = testConfiguration(join(root, 'state'), process.env.AWS_ENDPOINT_URL ?? 'http://127.0.0.1:4566');
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

describe('a container with limits', () => {
  it('is killed when its processes together use more memory than it may, not when they only reserve it', async () => {
    const folder = { root: join(root, 'memory'), optMl: join(root, 'memory', 'opt-ml') };
    mkdirSync(folder.optMl, { recursive: true });
    const limits = { memoryBytes: 150 << 20, cpus: 1, largestFileBytes: 1 << 20 };
    const logFile = join(folder.root, 'log');
    const run = async (code: string) => {
      const command = ['python3', '-c', code];
      const containers = new Containers(configuration, await availableMode(configuration));
      return containers.start(folder, { command, cwd: '/', environment: {}, logFile, limits }).exited;
    };
    const fill = 'import time; kept = b"x" * (100 << 20); time.sleep(30)';
    expect(await run('import mmap, time; kept = mmap.mmap(-1, 400 << 20); time.sleep(0.5)')).toBe(0);
    expect(existsSync(overMemoryFile(folder))).toBe(false);
    const both = `import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', '${fill}'], start_new_session=True)\n${fill}`;
    expect(await run(both)).toBe(137);
    expect(existsSync(overMemoryFile(folder))).toBe(true);
    expect(readFileSync(logFile, 'utf8')).toMatch(/killed: \d+ MiB of memory in use, 150 MiB allowed/);
  });

  it('cannot write a file larger than its volume', async () => {
    const folder = { root: join(root, 'disk'), optMl: join(root, 'disk', 'opt-ml') };
    mkdirSync(folder.optMl, { recursive: true });
    const limits = { memoryBytes: 1 << 30, cpus: 1, largestFileBytes: 1 << 20 };
    const command = ['python3', '-c', "open('/opt/ml/large', 'wb').write(b'x' * (2 << 20))"];
    const logFile = join(folder.root, 'log');
    const containers = new Containers(configuration, await availableMode(configuration));
    expect(await containers.start(folder, { command, cwd: '/', environment: {}, logFile, limits }).exited).toBe(1);
    expect(readFileSync(logFile, 'utf8')).toContain('File too large');
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
