/**
 * Lets one run of the CLI after the other package this clone: all of them build in the same folders, and two at a time would
 * delete each other's bundles.
 */
import path from 'node:path';
import { lock } from 'proper-lockfile';

const TEN_MINUTES_OF_TRIES = { retries: 1200, minTimeout: 500, maxTimeout: 500 };

export default class OneAtATime {
  constructor(serverless) {
    let release;
    this.hooks = {
      initialize: async () => {
        if (!['package', 'deploy'].includes(serverless.processedInput.commands[0])) return;
        // The lock is a folder beside the file; it is removed when the process ends, and is stale when it was killed.
        release = await lock(path.join(serverless.serviceDir, 'serverless.yml'), {
          lockfilePath: path.join(serverless.serviceDir, '.serverless.lock'),
          retries: TEN_MINUTES_OF_TRIES,
        });
      },
      finalize: () => release?.(),
    };
  }
}
