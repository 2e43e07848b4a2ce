import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../../local/world/project-root.ts';
import type { Venv } from '../../../local/world/python.ts';
import { pythonWith, runClientScript } from '../../harness/run-client-script.ts';

const scripts = join(projectRoot, 'test', 'clients');
/** Installing boto3 takes some 15 s, once. */
const INSTALLED_WITHIN_MS = 300_000;
const SCRIPT_WITHIN_MS = 300_000;

let venv: Venv;

beforeAll(async () => {
  venv = await pythonWith('clients', scripts, 'the scripts with boto3');
}, INSTALLED_WITHIN_MS);

const runScript = (file: string) => runClientScript(venv, scripts, file, SCRIPT_WITHIN_MS);

describe('boto3, unchanged', () => {
  it.each([
    'refusals.py',
    'tags.py',
    'registry.py',
    'pipelines.py',
    'pipeline_steps.py',
    'callbacks.py',
    'jobs_and_endpoints.py',
    'serving.py',
  ])(
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
