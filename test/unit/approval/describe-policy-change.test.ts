import { describePolicyChange } from '../../../shared/domain/describe-policy-change.ts';
import type { Gate } from '../../../shared/domain/policy.ts';
import { policy } from './approval-world.ts';

const withGates = (...gates: Gate[]) => ({ ...policy, evaluation: { ...policy.evaluation, gates } });

describe('what changed in the policy', () => {
  it('is nothing for the same policy', () => {
    expect(describePolicyChange(policy, structuredClone(policy))).toEqual([]);
  });

  const gates: [string, Gate[], Gate[], string][] = [
    ['a lower floor', [{ metric: 'auc', min: 0.7 }], [{ metric: 'auc', min: 0.6 }], 'weaker'],
    ['a higher floor', [{ metric: 'auc', min: 0.7 }], [{ metric: 'auc', min: 0.8 }], 'stricter'],
    ['a higher ceiling', [{ metric: 'loss', max: 0.7 }], [{ metric: 'loss', max: 0.8 }], 'weaker'],
    [
      'a gate that is gone',
      [
        { metric: 'auc', min: 0.7 },
        { metric: 'loss', max: 1 },
      ],
      [{ metric: 'auc', min: 0.7 }],
      'weaker',
    ],
    [
      'a new gate',
      [{ metric: 'auc', min: 0.7 }],
      [
        { metric: 'auc', min: 0.7 },
        { metric: 'loss', max: 1 },
      ],
      'stricter',
    ],
    [
      'more allowed regression',
      [{ metric: 'auc', versus: 'champion', maxRegression: 0.01, better: 'higher' }],
      [{ metric: 'auc', versus: 'champion', maxRegression: 0.02, better: 'higher' }],
      'weaker',
    ],
  ];
  it.each(gates)('calls %s by its name', (_name, before, after, direction) => {
    expect(describePolicyChange(withGates(...before), withGates(...after))).toEqual([
      expect.objectContaining({ direction }),
    ]);
  });

  it('calls fewer demanded rows of a gate changed, with both numbers', () => {
    const change = describePolicyChange(
      withGates({ metric: 'auc', min: 0.7, minRows: 500 }),
      withGates({ metric: 'auc', min: 0.7, minRows: 50 }),
    );
    expect(change).toEqual([
      expect.objectContaining({ before: '≥ 0.7, on at least 500 rows', after: '≥ 0.7, on at least 50 rows' }),
    ]);
  });

  it('says how the version is to be watched, and whether it is retrained', () => {
    const drift = {
      schedule: 'rate(1 hour)',
      window: 'PT1H',
      alert: { features: 0.3, consecutive: 2 },
      showUnseenValues: false,
    };
    const slo = { withinMs: 100, target: 0.99, window: 'P30D' as const };
    const after = {
      ...policy,
      monitoring: { drift, latency: { slo } },
      feedback: { ...policy.feedback, retrain: { on: ['drift' as const], cooldown: 'P1D', maxPerWeek: 3 } },
    };
    expect(describePolicyChange(policy, after)).toEqual([
      {
        what: 'drift monitoring',
        after: 'rate(1 hour) over PT1H, alert from 0.3 of the features in 2 windows',
        direction: 'other',
      },
      { what: 'latency objective', after: '0.99 of the requests within 100 ms', direction: 'other' },
      { what: 'retraining', after: 'on drift, every P1D at most, 3 a week', direction: 'other' },
    ]);
  });

  it('puts the weaker lines first', () => {
    const after = {
      ...withGates({ metric: 'auc', min: 0.8 }),
      riskTier: 'low' as const,
      approval: { ...policy.approval, fourEyes: false },
    };
    expect(describePolicyChange(policy, after).map(({ what, direction }) => [what, direction])).toEqual([
      ['four eyes', 'weaker'],
      ['gate auc (floor)', 'stricter'],
      ['risk tier', 'other'],
    ]);
  });

  it('keeps two gates of one kind on one metric apart', () => {
    const two = withGates({ metric: 'auc', min: 0.7 }, { metric: 'auc', min: 0.6, minRows: 9 });
    expect(describePolicyChange(two, withGates({ metric: 'auc', min: 0.7 }))).toHaveLength(1);
  });
});
