import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openStage } from '../clients/gitlab/run-script.ts';

const SCRIPT_MS = 300_000;
let stage: Awaited<ReturnType<typeof openStage>>;

beforeAll(async () => {
  stage = await openStage();
}, 120_000);
afterAll(() => stage.close());

it(
  'allows, refuses and runs call by call what GitLab does',
  async () => {
    const ended = await stage.run('rules_and_refusals.py');
    expect(ended.code === 0 ? 'ok' : ended.text).toBe('ok');
    expect(ended.text).toMatch(/^Ran \d+ tests/m);
  },
  SCRIPT_MS,
);
