import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ensureVenv, type Venv } from '../../../local/world/python.ts';
import {
  openReceiver,
  ROOT_TOKEN,
  type SeededGitlab,
  seedGitlab,
} from '../../integration/local-gitlab/seeded-gitlab.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const INSTALL_MS = 120_000;
const SCRIPT_MS = 120_000;

/** Runs a script with python-gitlab; its last words come with a failure. */
function runScript(
  venv: Venv,
  script: string,
  env: Record<string, string>,
): Promise<{ code: number | null; text: string }> {
  const child = spawn(venv.python, [join(import.meta.dirname, script)], {
    env: { PATH: process.env.PATH ?? '', PYTHONDONTWRITEBYTECODE: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.on('data', (chunk) => (text += chunk));
  child.stderr.on('data', (chunk) => (text += chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, text }));
  });
}

describe('python-gitlab', () => {
  let gitlab: SeededGitlab;
  let receiver: Awaited<ReturnType<typeof openReceiver>>;
  let venv: Venv;

  beforeAll(async () => {
    [venv, gitlab, receiver] = await Promise.all([
      ensureVenv(
        {
          name: 'clients-gitlab',
          folder: join(ROOT, '.local', 'venv'),
          requirements: [join(import.meta.dirname, 'requirements.txt')],
          purpose: 'the scripts with python-gitlab',
        },
        () => {},
      ),
      seedGitlab(),
      openReceiver(),
    ]);
  }, INSTALL_MS);

  afterAll(async () => {
    await gitlab.stop();
    await receiver.stop();
  });

  it(
    'does all that a platform engineer asks of it',
    async () => {
      const env = { GITLAB_URL: gitlab.url, GITLAB_TOKEN: ROOT_TOKEN, HOOK_URL: receiver.url };
      const ended = await runScript(venv, 'platform_engineer.py', env);
      expect(ended.code === 0 ? 'ok' : ended.text).toBe('ok');
      expect(ended.text).toMatch(/^Ran \d\d tests/m);
    },
    SCRIPT_MS,
  );
});
