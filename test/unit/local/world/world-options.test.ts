import { describe, expect, it } from '@jest/globals';
import { defaultPorts } from '../../../../local/world/ports.ts';
import { parseWorldArguments } from '../../../../local/world/world-options.ts';

describe('the options of npm run local', () => {
  it('start all parts on the documented ports by default', async () => {
    const settings = await parseWorldArguments([], {});
    expect(settings).toMatchObject({
      command: 'start',
      parts: ['web', 'gitlab', 'inbox', 'aws', 'sagemaker'],
      ports: defaultPorts,
    });
    expect(settings.stateFolder).toMatch(/\/\.local$/);
  });

  it('choose parts, ports and the state folder; an option wins over its variable', async () => {
    const settings = await parseWorldArguments(
      ['env', '--only', 'aws, sagemaker', '--aws-port', '9001', '--state-folder', '/tmp/other'],
      {
        MLOPS_AWS_PORT: '9002',
        MLOPS_WEB_PORT: '9003',
      },
    );
    expect(settings).toMatchObject({ command: 'env', parts: ['aws', 'sagemaker'], stateFolder: '/tmp/other' });
    expect(settings.ports).toMatchObject({ aws: 9001, web: 9003, gitlab: 8081 });
  });

  it('start a part once, however often it is named', async () => {
    expect((await parseWorldArguments(['--only', 'aws,aws'], {})).parts).toEqual(['aws']);
  });

  it('give five different free ports when asked', async () => {
    const { ports } = await parseWorldArguments(['--free-ports'], {});
    expect(new Set(Object.values(ports)).size).toBe(5);
    expect(Math.min(...Object.values(ports))).toBeGreaterThan(1023);
  });

  it.each([
    [
      ['--only', 'aws,mainframe'],
      /--only names "mainframe", which is no part: the parts are web, gitlab, inbox, aws, sagemaker/,
    ],
    [['--web-port', 'http'], /"http" is no port for the web front: --web-port and MLOPS_WEB_PORT take a number/],
    [['--web-port', '4566'], /Port 4566 is chosen for both the web front and the local AWS/],
    [['--colour'], /--colour.*see --help/],
    [['stop'], /Unknown command "stop": it is one of start, env, prepare, reset/],
  ])('answer %j with a sentence that says what to do', async (argv, sentence) => {
    await expect(parseWorldArguments(argv, {})).rejects.toThrow(sentence);
  });
});
