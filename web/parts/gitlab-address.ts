/** Addresses in GitLab, all derived from the pipeline's, which GitLab itself told us. */
export function commitUrl(pipelineUrl: string, commit: string): string | undefined {
  const [project, rest] = pipelineUrl.split('/-/');
  return project === undefined || rest === undefined ? undefined : `${project}/-/commit/${commit}`;
}
