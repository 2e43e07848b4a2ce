/** `npm run docs:sagemaker`: writes the list of operations in docs/guides/local-sagemaker.md from the code and the service models. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withOperations } from '../local/sagemaker/api/operations-table.ts';
import { loadRuntimeModel, loadServiceModel } from '../local/sagemaker/api/service-model.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const libraries = join(root, '.local', 'venv', 'aws', 'lib');
const [python = ''] = readdirSync(libraries);
const data = join(libraries, python, 'site-packages', 'botocore', 'data');
const guide = join(root, 'docs', 'guides', 'local-sagemaker.md');

writeFileSync(guide, withOperations(readFileSync(guide, 'utf8'), loadServiceModel(data), loadRuntimeModel(data)));
