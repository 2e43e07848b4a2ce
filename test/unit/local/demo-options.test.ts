import { describe, expect, it } from '@jest/globals';
import { parseDemoArguments } from '../../../local/demo/demo-options.ts';

const flags = ['--interactive', '--keep'];

describe('the options of npm run demo', () => {
  it('are its own and those of the world, in a state folder of its own', async () => {
    const options = await parseDemoArguments(
      ['--keep', '--web-port', '9000', '--state-folder', '/tmp/other'],
      {},
      flags,
    );
    expect(options).toMatchObject({ keep: true, interactive: false, stateFolder: '/tmp/other/demo' });
    expect(options.ports.web).toBe(9000);
  });

  it.each([
    [['reset'], /"reset" is a command of "npm run local", not of the demo/],
    [['--only', 'aws'], /The demo needs all parts of the world: leave --only out/],
  ])('are refused in words where a demo could not be played: %j', async (argv, sentence) => {
    await expect(parseDemoArguments(argv, {}, flags)).rejects.toThrow(sentence);
  });
});
