import { join } from 'node:path';
import { projectRoot } from '../../local/world/project-root.ts';
import type { Venv } from '../../local/world/python.ts';
import { pythonWith, runClientScript } from '../harness/run-client-script.ts';

const scripts = join(projectRoot, 'test', 'clients');
/** 300 MB and 1 GB, once each. */
const INSTALLED_WITHIN_MS = 900_000;
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

describe.each([
  {
    version: 2,
    folder: 'sagemaker_sdk',
    notebooks: ['train_and_serve.py', 'pipeline_and_registry.py', 'more_of_the_sdk.py'],
  },
  { version: 3, folder: 'sagemaker_sdk_3', notebooks: ['train_serve_and_pipe.py'] },
])('version $version of the SageMaker Python SDK, unchanged', ({ version, folder, notebooks }) => {
  const home = join(scripts, folder);
  let venv: Venv;

  beforeAll(async () => {
    venv = await pythonWith(
      `clients-sagemaker-sdk-${version}`,
      home,
      `the notebooks with the SageMaker SDK ${version}`,
    );
  }, INSTALLED_WITHIN_MS);

  it.each(notebooks)(
    'does all of %s',
    async (notebook) => {
      await runClientScript(venv, home, join(home, notebook), NOTEBOOK_WITHIN_MS);
    },
    NOTEBOOK_WITHIN_MS,
  );
});
