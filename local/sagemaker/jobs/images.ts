import { JobFailed } from './job-runner.ts';

/** Repositories whose images this server can stand in for, whatever account, region and tag. */
const SCRIPT_MODE_REPOSITORIES = ['sagemaker-scikit-learn'];

/** The last part of the repository: `…/sagemaker-scikit-learn:1.4-2-cpu-py3` gives `sagemaker-scikit-learn`. */
export function repositoryOf(image: string): string {
  const path = image.split('@')[0] ?? '';
  const last = path.slice(path.lastIndexOf('/') + 1);
  return last.split(':')[0] ?? '';
}

export function isKnownImage(image: string): boolean {
  return SCRIPT_MODE_REPOSITORIES.includes(repositoryOf(image));
}

/** @throws JobFailed in the words of the service */
export function requireKnownImage(image: string | undefined): void {
  if (image !== undefined && isKnownImage(image)) return;
  throw new JobFailed(
    `ClientError: Cannot find requested image: ${image ?? 'none'}. Please check whether the image exists: images of ${SCRIPT_MODE_REPOSITORIES.join(', ')} run here.`,
  );
}
