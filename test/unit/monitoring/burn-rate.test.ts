import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  BURN_WINDOW_NAMES,
  type BurnWindow,
  burnedBy,
  burnRateOf,
  burns,
  PAGE_RULES,
  TICKET_RULES,
} from '../../../shared/domain/burn-rate.ts';
import { failuresOf } from '../../../shared/domain/latency-traffic.ts';
import { traffic } from './traffic.ts';
import '../../harness/repeatable-properties.ts';

const NINES = { target: 0.999 };
const END = '2026-11-23T12:00:00.000Z';

/** The same burn rate in every window, with a million requests in each; `other` windows burn otherwise. */
function burning(rate: number, target: number, other: Partial<Record<BurnWindow, number>> = {}, requests = 1_000_000) {
  const entries = BURN_WINDOW_NAMES.map((window) => [
    window,
    { requests, bad: Math.round(requests * (1 - target) * (other[window] ?? rate)) },
  ]);
  return Object.fromEntries(entries) as Parameters<typeof burns>[1];
}

describe('the burn rate', () => {
  it('is 1 where the budget lasts exactly, 1000 where everything fails at 99.9 %', () => {
    expect(burnRateOf({ requests: 1_000, bad: 1 }, NINES)).toBeCloseTo(1, 9);
    expect(burnRateOf({ requests: 1_000, bad: 1_000 }, NINES)).toBeCloseTo(1_000, 6);
    expect(burnRateOf({ requests: 0, bad: 0 }, NINES)).toBeUndefined();
  });

  it.each([
    [2, 1, 14.4],
    [5, 6, 6],
    [10, 24, 3],
    [10, 72, 1],
  ])('uses up %d %% of a 30-day budget in %d hours at the rates of the SRE workbook', (percent, hours, factor) => {
    expect((factor * hours * 100) / (30 * 24)).toBeCloseTo(percent, 9);
    expect([...PAGE_RULES, ...TICKET_RULES].map((rule) => rule.factor)).toContain(factor);
  });
});

describe('what is charged to the budget', () => {
  it('is slow answers and failures, but no refusals (4xx)', () => {
    const period = traffic(END, 100, { slow: 7, clientErrors: 20, serverErrors: 3, modelErrors: 25 });
    const before = { ...period, start: '2026-11-23T11:59:00.000Z' };
    // 25 model errors hold the 20 refusals, and 2 that had no status beside the 3 with 5xx.
    expect(failuresOf(before)).toBe(5);
    expect(burnedBy([before], END, 300, 'errors')).toEqual({ requests: 100, bad: 5 });
    expect(burnedBy([before], END, 300, 'latency')).toEqual({ requests: 100, bad: 12 });
  });

  it('is never more than there was', () => {
    const all = traffic('2026-11-23T11:59:00.000Z', 10, { slow: 10, serverErrors: 10, modelErrors: 10 });
    expect(burnedBy([all], END, 300, 'latency')).toEqual({ requests: 10, bad: 10 });
  });

  it('lies within the window, its end exclusive', () => {
    const periods = ['11:54', '11:55', '11:59', '12:00'].map((time) => traffic(`2026-11-23T${time}:00Z`, 1));
    expect(burnedBy(periods, END, 300, 'latency').requests).toBe(2);
  });

  it('adds up: two halves of a window are the window', () => {
    const period = fc.record({
      minute: fc.integer({ min: 0, max: 59 }),
      invocations: fc.integer({ min: 0, max: 1_000 }),
      slow: fc.integer({ min: 0, max: 1_000 }),
    });
    fc.assert(
      fc.property(fc.array(period), fc.integer({ min: 1, max: 59 }), (drawn, middle) => {
        const periods = drawn.map(({ minute, ...counts }) =>
          traffic(new Date(Date.parse(END) - (minute + 1) * 60_000).toISOString(), counts.invocations, counts),
        );
        const at = new Date(Date.parse(END) - middle * 60_000).toISOString();
        const whole = burnedBy(periods, END, 3_600, 'latency');
        const late = burnedBy(periods, END, middle * 60, 'latency');
        const early = burnedBy(periods, at, (60 - middle) * 60, 'latency');
        expect(whole).toEqual({ requests: late.requests + early.requests, bad: late.bad + early.bad });
      }),
    );
  });
});

describe('paging', () => {
  it.each([
    [14.4, true],
    [14.3, true], // over six hours, six times is enough
    [6, true],
    [5.9, false],
  ])('at %f times in every window: %s', (rate, expected) => {
    expect(burns(PAGE_RULES, burning(rate, 0.999), NINES)).toBe(expected);
  });

  it('at exactly 14.4 over an hour, whatever the last bit says', () => {
    for (const target of [0.95, 0.97, 0.99, 0.995, 0.999]) {
      expect(burns(PAGE_RULES, burning(0, target, { '1h': 14.4, '5m': 14.4 }), { target })).toBe(true);
    }
  });

  it('when nearly everything fails, however little was promised', () => {
    for (const target of [0.5, 0.9, 0.93]) {
      const failing = (share: number) => burning(share / (1 - target), target);
      expect(burns(PAGE_RULES, failing(0.9), { target })).toBe(true);
    }
    expect(burns(PAGE_RULES, burning(1.7, 0.5), { target: 0.5 })).toBe(false);
  });

  it('needs both windows of one rule: what is over pages nobody, what has just begun not yet', () => {
    expect(burns(PAGE_RULES, burning(0, 0.999, { '1h': 20 }), NINES)).toBe(false);
    expect(burns(PAGE_RULES, burning(0, 0.999, { '5m': 500 }), NINES)).toBe(false);
    expect(burns(PAGE_RULES, burning(0, 0.999, { '1h': 20, '30m': 20 }), NINES)).toBe(false);
    expect(burns(PAGE_RULES, burning(0, 0.999, { '1h': 20, '5m': 20 }), NINES)).toBe(true);
    expect(burns(PAGE_RULES, burning(0, 0.999, { '6h': 6, '30m': 6 }), NINES)).toBe(true);
  });

  it('needs a hundred requests and ten bad ones in the long window', () => {
    const window = (requests: number, bad: number) => ({
      ...burning(0, 0.99),
      '1h': { requests, bad },
      '5m': { requests, bad },
    });
    expect(burns(PAGE_RULES, window(99, 99), { target: 0.99 })).toBe(false);
    expect(burns(PAGE_RULES, window(100, 9), { target: 0.999 })).toBe(false);
    expect(burns(PAGE_RULES, window(100, 15), { target: 0.99 })).toBe(true);
  });
});

describe('a ticket', () => {
  it('is written at three times over a day or once over three', () => {
    expect(burns(TICKET_RULES, burning(0, 0.999, { '1d': 3, '2h': 3 }), NINES)).toBe(true);
    expect(burns(TICKET_RULES, burning(0, 0.999, { '1d': 2.9, '2h': 3 }), NINES)).toBe(false);
    expect(burns(TICKET_RULES, burning(0, 0.999, { '3d': 1, '6h': 1 }), NINES)).toBe(true);
    expect(burns(TICKET_RULES, burning(0.99, 0.999), NINES)).toBe(false);
  });
});
