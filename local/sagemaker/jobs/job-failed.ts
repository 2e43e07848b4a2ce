/** A job that can't succeed; the message is its FailureReason. */
export class JobFailed extends Error {
  override readonly name = 'JobFailed';
}
