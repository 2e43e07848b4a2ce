import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { policyMeanings } from '../../../cli/policy-meanings.ts';
import { policyJsonSchema, policyReference } from '../../../cli/policy-reference.ts';

const docs = new URL('../../../docs/', import.meta.url);

describe('the reference of the policy file', () => {
  it('is fresh: npm run docs:policy would write the same', () => {
    expect(readFileSync(new URL('policy-reference.md', docs), 'utf8')).toBe(policyReference());
    expect(JSON.parse(readFileSync(new URL('schema/mlops.schema.json', docs), 'utf8'))).toEqual(
      JSON.parse(JSON.stringify(policyJsonSchema())),
    );
  });

  it('explains each key once, and no key that is not there', () => {
    const keys = [...policyReference().matchAll(/^\| `([^`]+)` \|/gm)].map(([, key]) => key);
    expect(keys.sort()).toEqual(Object.keys(policyMeanings).sort());
  });
});
