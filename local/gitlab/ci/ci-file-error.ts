/** What is wrong with a CI file; the sentence is GitLab's. */
export class CiFileError extends Error {
  override readonly name = 'CiFileError';
}
