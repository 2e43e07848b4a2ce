import { join } from 'node:path';
import { projectRoot } from '../../local/world/project-root.ts';
import type { Venv } from '../../local/world/python.ts';
import { pythonWith, runClientScript } from '../harness/run-client-script.ts';

const scripts = join(projectRoot, 'test', 'clients');
const notebooks = join(scripts, 'sagemaker_sdk');
/** 300 MB, once. */
const INSTALLED_WITHIN_MS = 600_000;
/** The SDK looks at jobs every 10 s and at endpoints every 30 s. */
const NOTEBOOK_WITHIN_MS = 900_000;

describe('boto3, unchanged', () => {
  it(
    'lists things of every kind in every order, page by page',
    async () => {
      const venv = await pythonWith('clients', scripts, 'the scripts with boto3');
      await runClientScript(venv, scripts, join(scripts, 'lists.py'), NOTEBOOK_WITHIN_MS);
    },
    NOTEBOOK_WITHIN_MS,
  );
});

describe('the SageMaker Python SDK, unchanged', () => {
  let venv: Venv;

  beforeAll(async () => {
    venv = await pythonWith('clients-sagemaker-sdk', notebooks, 'the notebooks with the SageMaker Python SDK');
  }, INSTALLED_WITHIN_MS);

  it.each(['train_and_serve.py', 'pipeline_and_registry.py'])(
    'does all of %s',
    async (notebook) => {
      await runClientScript(venv, notebooks, join(notebooks, notebook), NOTEBOOK_WITHIN_MS);
    },
    NOTEBOOK_WITHIN_MS,
  );
});
