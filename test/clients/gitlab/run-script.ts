import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensureVenv } from '../../../local/world/python.ts';
import { openReceiver, ROOT_TOKEN, seedGitlab } from '../../integration/local-gitlab/seeded-gitlab.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

/** A GitLab of their own for scripts with python-gitlab, and a receiver for its webhooks. */
export async function openStage() {
  const [venv, gitlab, receiver] = await Promise.all([
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
  const env = { GITLAB_URL: gitlab.url, GITLAB_TOKEN: ROOT_TOKEN, HOOK_URL: receiver.url };
  return {
    run: (script: string) => runScript(venv.python, join(import.meta.dirname, script), env),
    close: async () => {
      await gitlab.stop();
      await receiver.stop();
    },
  };
}

/** Runs a script; its last words come with a failure. */
function runScript(
  python: string,
  script: string,
  env: Record<string, string>,
): Promise<{ code: number | null; text: string }> {
  const child = spawn(python, [script], {
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
