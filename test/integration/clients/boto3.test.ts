import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { venvFolder } from '../../../local/world/prepare-tools.ts';
import { projectRoot } from '../../../local/world/project-root.ts';
import { ensureVenv } from '../../../local/world/python.ts';

const run = promisify(execFile);
const scripts = join(projectRoot, 'test', 'clients');
/** Installing boto3 takes some 15 s, once. */
const INSTALLED_WITHIN_MS = 180_000;
const SCRIPT_WITHIN_MS = 120_000;

let python: string;

beforeAll(async () => {
  const requirements = [join(scripts, 'requirements.txt')];
  const request = { name: 'clients', folder: venvFolder, requirements, purpose: 'the scripts with boto3' };
  python = (await ensureVenv(request, (line) => process.stderr.write(`${line}\n`))).python;
}, INSTALLED_WITHIN_MS);

/** The script's own output is the message of a failure. */
async function runScript(file: string): Promise<string> {
  const options = { cwd: scripts, env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' }, timeout: SCRIPT_WITHIN_MS };
  return (await run(python, [file], options)).stdout;
}

describe('boto3, unchanged', () => {
  it.each(['registry.py', 'pipelines.py', 'pipeline_steps.py', 'callbacks.py', 'jobs_and_endpoints.py'])(
    'does all of %s',
    async (script) => {
      await runScript(join(scripts, script));
    },
    SCRIPT_WITHIN_MS,
  );

  it(
    'serves a model as the guide says',
    async () => {
      const guide = readFileSync(join(projectRoot, 'docs', 'guides', 'local-sagemaker.md'), 'utf8');
      const script = /```python\n([\s\S]*?)```/.exec(guide)?.[1] ?? '';
      const folder = mkdtempSync(join(tmpdir(), 'guide-'));
      writeFileSync(join(folder, 'serve.py'), script);
      expect(await runScript(join(folder, 'serve.py'))).toBe('[3.0, 6.0, 9.0]\n');
      rmSync(folder, { recursive: true });
    },
    SCRIPT_WITHIN_MS,
  );
});
