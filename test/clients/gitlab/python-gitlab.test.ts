import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openStage } from './run-script.ts';

const INSTALL_MS = 300_000;
const SCRIPT_MS = 300_000;

describe('python-gitlab', () => {
  let stage: Awaited<ReturnType<typeof openStage>>;

  beforeAll(async () => {
    stage = await openStage();
  }, INSTALL_MS);
  afterAll(() => stage.close());

  it(
    'does all that a platform engineer asks of it',
    async () => {
      const ended = await stage.run('platform_engineer.py');
      expect(ended.code === 0 ? 'ok' : ended.text).toBe('ok');
      expect(ended.text).toMatch(/^Ran \d\d tests/m);
    },
    SCRIPT_MS,
  );
});
