import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mailSubject } from '../../../shared/adapters/sns/notices.ts';
import '../../harness/repeatable-properties.ts';

it('writes what SNS can’t take in plain letters', () => {
  expect(mailSubject('Approve “flight-delays” – auc ≥ 0.7?\nCafé')).toBe('Approve "flight-delays" - auc >= 0.7? Cafe');
});

it('is always less than 100 printable ASCII characters on one line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (subject) => {
      expect(mailSubject(subject)).toMatch(/^[\x20-\x7e]{0,99}$/);
    }),
  );
});
