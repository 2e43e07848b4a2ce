import fc from 'fast-check';
import { readConfiguration } from '../../../../local/sagemaker/configuration.ts';
import { parseUnreliability, unreliableDelivery } from '../../../../local/sagemaker/events/unreliable-delivery.ts';

const share = fc.double({ min: 0, max: 1, noNaN: true });
const settings = fc.record({
  drop: share,
  duplicate: share,
  reorder: fc.boolean(),
  delayMs: fc.integer({ min: 0, max: 60_000 }),
  seed: fc.integer({ min: 0, max: 999_999_999 }),
});
const deliver = (setting: Parameters<typeof unreliableDelivery>[0], events: number) => {
  const delaysOf = unreliableDelivery(setting);
  return Array.from({ length: events }, () => delaysOf());
};

describe('unreliable delivery', () => {
  it('does the same again for the same seed', () => {
    fc.assert(
      fc.property(settings, fc.nat(50), (setting, events) => {
        expect(deliver(setting, events)).toEqual(deliver(setting, events));
      }),
    );
  });

  it('delivers at most twice, never before the delay, and apart only if it is to reorder', () => {
    fc.assert(
      fc.property(settings, (setting) => {
        for (const delays of deliver(setting, 20)) {
          expect(delays.length).toBeLessThanOrEqual(2);
          const most = setting.delayMs + (setting.reorder ? 1_000 : 0);
          expect(delays.every((delay) => delay >= setting.delayMs && delay <= most)).toBe(true);
        }
      }),
    );
  });

  it('drops and repeats the shares that it is told to', () => {
    fc.assert(
      fc.property(share, share, fc.integer({ min: 0, max: 999_999 }), (drop, duplicate, seed) => {
        const all = deliver({ drop, duplicate, reorder: false, delayMs: 0, seed }, 4_000);
        const kept = all.filter((delays) => delays.length > 0);
        expect(Math.abs(1 - kept.length / all.length - drop)).toBeLessThan(0.05);
        const twice = all.filter((delays) => delays.length === 2).length / all.length;
        expect(Math.abs(twice - (1 - drop) * duplicate)).toBeLessThan(0.05);
      }),
      { numRuns: 20, seed: 1 },
    );
  });

  it('drops the same events whatever else is asked', () => {
    fc.assert(
      fc.property(settings, settings, (one, other) => {
        const dropped = (setting: typeof one) => deliver(setting, 30).map((delays) => delays.length === 0);
        expect(dropped(one)).toEqual(dropped({ ...other, drop: one.drop, seed: one.seed }));
      }),
    );
  });
});

describe('LOCAL_SAGEMAKER_EVENTS', () => {
  it.each([
    [
      'drop:0.2,duplicate:0.3,reorder,delay:2s,seed:42',
      { drop: 0.2, duplicate: 0.3, reorder: true, delayMs: 2_000, seed: 42 },
    ],
    ['delay:250ms', { drop: 0, duplicate: 0, reorder: false, delayMs: 250, seed: 7 }],
    [' reorder , delay:1m', { drop: 0, duplicate: 0, reorder: true, delayMs: 60_000, seed: 7 }],
  ])('reads %s', (text, setting) => {
    expect(parseUnreliability(text, () => 7)).toEqual(setting);
  });

  it.each([
    'drop',
    'drop:',
    'drop:1.5',
    'drop:-1',
    'duplicate:x',
    'delay:2',
    'delay:s',
    'reorder:1',
    'seed:-1',
    'lose:1',
    '',
  ])('says what is wrong with "%s"', (text) => {
    expect(() => parseUnreliability(text, () => 7)).toThrow(`LOCAL_SAGEMAKER_EVENTS has "${text}": write any of`);
  });

  it('stops the server at its start when it is wrong', () => {
    const needed = {
      STATE_DIR: '/tmp/state',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      SAGEMAKER_PYTHON: 'python3',
      BOTOCORE_DATA: '/tmp/data',
    };
    expect(readConfiguration(needed).events).toBeUndefined();
    expect(() => readConfiguration({ ...needed, LOCAL_SAGEMAKER_EVENTS: 'drop:2' })).toThrow('has "drop:2"');
  });
});
