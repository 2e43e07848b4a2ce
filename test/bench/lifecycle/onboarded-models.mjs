/** The models of `npm run bench:lifecycle`: what the platform records of each, in a copy of the clone, before it is deployed. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FIRST_PROJECT_ID = 101;

/** `noop-01`, project 101 of GitLab, and so on. */
export function benchModels(count) {
  return Array.from({ length: count }, (_, index) => {
    const model = `noop-${String(index + 1).padStart(2, '0')}`;
    return { model, projectId: FIRST_PROJECT_ID + index, projectPath: `ml/${model}` };
  });
}

/** The sample's record again for each, with its own name and project. */
export function writeOnboarding(folder, models) {
  const sample = readFileSync(join(folder, 'flight-delays.yaml'), 'utf8');
  for (const { model, projectId, projectPath } of models) {
    const record = sample
      .replace('model: flight-delays', `model: ${model}`)
      .replace('{ id: 17, path: ml/flight-delays }', `{ id: ${projectId}, path: ${projectPath} }`);
    writeFileSync(join(folder, `${model}.yaml`), record);
  }
}
