import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PartName } from './part-names.ts';
import { projectRoot } from './project-root.ts';
import { ensureVenv, type Venv } from './python.ts';
import { WorldError } from './world-error.ts';

const run = promisify(execFile);

/** Shared by all worlds of a clone; `reset` keeps it. */
export const venvFolder = join(projectRoot, '.local', 'venv');

/** The Python that the jobs and the sample's own scripts run on. */
export const mlPython = join(venvFolder, 'ml', 'bin', 'python3');

/** Checks what the parts need from the machine and installs their Python packages. */
export async function prepareTools(
  parts: readonly PartName[],
  folder: string,
  onProgress: (line: string) => void,
): Promise<{ aws?: Venv; ml?: Venv }> {
  if (parts.includes('gitlab')) await requireGit();
  // SageMaker reads its service model from the packages of the local AWS.
  const needsAws = parts.includes('aws') || parts.includes('sagemaker');
  const needsMl = parts.includes('sagemaker') || parts.includes('gitlab');
  const [aws, ml] = await Promise.all([
    needsAws ? ensureAwsVenv(folder, onProgress) : undefined,
    needsMl ? ensureMlVenv(folder, onProgress) : undefined,
  ]);
  return { ...(aws && { aws }), ...(ml && { ml }) };
}

const ensureAwsVenv = (folder: string, onProgress: (line: string) => void): Promise<Venv> =>
  ensureVenv(
    {
      name: 'aws',
      folder,
      requirements: [join(projectRoot, 'local', 'aws', 'requirements.txt')],
      purpose: 'the local AWS (about 15 s)',
    },
    onProgress,
  );

/** What training, serving and the CI jobs of the sample repository run on: the local SageMaker's image sagemaker-scikit-learn. */
function ensureMlVenv(folder: string, onProgress: (line: string) => void): Promise<Venv> {
  const sample = join(projectRoot, 'ml', 'flight-delays');
  const requirements = [
    join(sample, 'requirements.txt'),
    join(sample, 'requirements-dev.txt'),
    join(projectRoot, 'local', 'sagemaker', 'requirements.txt'),
  ];
  return ensureVenv({ name: 'ml', folder, requirements, purpose: 'training and serving (about 30 s)' }, onProgress);
}

async function requireGit(): Promise<void> {
  const programs = await run('git', ['--exec-path']).catch((cause: unknown) => {
    throw new WorldError('git was not found: install git so that "git --version" works, then start again.', { cause });
  });
  await access(join(programs.stdout.trim(), 'git-http-backend'), constants.X_OK).catch((cause: unknown) => {
    throw new WorldError('git has no "git http-backend" here: install the complete git package, then start again.', {
      cause,
    });
  });
}
