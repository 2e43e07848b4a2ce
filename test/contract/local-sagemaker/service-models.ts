import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadRuntimeModel, loadServiceModel } from '../../../local/sagemaker/api/service-model.ts';
import { projectRoot } from '../../../local/world/project-root.ts';

const libraries = join(projectRoot, '.local', 'venv', 'aws', 'lib');
const [python = ''] = readdirSync(libraries);
const data = join(libraries, python, 'site-packages', 'botocore', 'data');

/** AWS's own descriptions of the two APIs, as the packages of the local AWS bring them. */
export const apiModel = loadServiceModel(data);
export const runtimeModel = loadRuntimeModel(data);
