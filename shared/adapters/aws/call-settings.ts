/** Three tries at most, and no call outlives a step: a function that hangs on a socket is a function that times out. */
export const CALL_SETTINGS = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
};
