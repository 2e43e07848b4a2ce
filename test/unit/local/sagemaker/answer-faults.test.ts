import { answerFaults, isFaultsPath } from '../../../../local/sagemaker/admin/faults/answer-faults.ts';
import { Faults } from '../../../../local/sagemaker/admin/faults/faults.ts';

const path = '/_local/faults';
let faults: Faults;
let killed: string[];

beforeEach(() => {
  faults = new Faults(() => 'fault-1');
  killed = [];
});

const killWorkers = (endpoint: string, variant: string | undefined) => {
  killed.push(`${endpoint}/${variant}`);
  return endpoint === 'known' ? 1 : 0;
};
const ask = (
  method: string,
  at: string,
  body: unknown = '',
  contentType = 'application/json; charset=utf-8',
  on = true,
) =>
  answerFaults(
    { configuration: { faults: on }, faults, hosting: { killWorkers } },
    { method, path: at, contentType, body: typeof body === 'string' ? body : JSON.stringify(body) },
  );
const throttle = { kind: 'throttle', operation: 'CreateModel', times: 2 };

describe('the admin path of faults', () => {
  it('is off by default, and says how to turn it on', () => {
    expect(ask('POST', path, throttle, undefined, false)).toEqual({
      status: 404,
      document: { error: expect.stringContaining('LOCAL_SAGEMAKER_FAULTS=on') },
    });
    expect(faults.all()).toEqual([]);
  });

  it('takes a fault, shows it with how often it struck, and takes it back', () => {
    const shown = { id: 'fault-1', ...throttle, struck: 0 };
    expect(ask('POST', path, throttle)).toEqual({ status: 201, document: shown });
    expect(ask('GET', path)).toEqual({ status: 200, document: { faults: [shown] } });
    expect(ask('DELETE', `${path}/fault-1`)).toEqual({ status: 200, document: { faults: [] } });
    expect(ask('DELETE', `${path}/fault-1`).status).toBe(404);
    ask('POST', path, throttle);
    expect(ask('DELETE', path)).toEqual({ status: 200, document: { faults: [] } });
  });

  it('kills workers at once', () => {
    const fault = { kind: 'kill-worker', endpoint: 'known', variant: 'main' };
    expect(ask('POST', path, fault)).toEqual({ status: 200, document: { ...fault, killed: 1 } });
    expect(ask('POST', path, { kind: 'kill-worker', endpoint: 'gone' }).status).toBe(404);
    expect(killed).toEqual(['known/main', 'gone/undefined']);
  });

  it.each([
    ['no JSON', 'nothing', 'Invalid input'],
    ['an unknown operation', { ...throttle, operation: 'CreateAll' }, 'CreateAll is no operation that is real here'],
    ['an unknown member', { ...throttle, time: 2 }, 'Unrecognized key: "time"'],
    ['an empty change of a variant', { kind: 'variant', endpoint: 'e' }, 'give delayMs, status or both'],
  ])('says in words what is wrong with %s', (_what, body, words) => {
    expect(ask('POST', path, body)).toEqual({ status: 400, document: { error: expect.stringContaining(words) } });
  });

  it('takes nothing that a page in a browser could send without being asked', () => {
    expect(ask('POST', path, throttle, 'text/plain').status).toBe(415);
  });

  it('offers no other method, and no other path', () => {
    expect(ask('PUT', path, throttle).status).toBe(405);
    expect([path, `${path}/1`, '/_local/faultsx', '/'].map(isFaultsPath)).toEqual([true, true, false, false]);
  });
});
