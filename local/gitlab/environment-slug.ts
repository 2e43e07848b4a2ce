import { createHash } from 'node:crypto';
import type { Environment } from './rows/deployments.ts';

const TIERS: [RegExp, Environment['tier']][] = [
  [/(dev|review|trunk)/i, 'development'],
  [/(test|tst|int|ac(ce|)pt|qa|qc|control|quality)/i, 'testing'],
  [/(st(a|)g|mod(e|)l|pre|demo|non)/i, 'staging'],
  [/(pr(o|)d|live)/i, 'production'],
];

/** GitLab's guess of a tier from an environment's name. */
export const guessTier = (name: string): Environment['tier'] =>
  TIERS.find(([pattern]) => pattern.test(name))?.[1] ?? 'other';

const LONGEST_SLUG = 24;
const SUFFIX_LENGTH = 6;

/** Letters, digits and dashes, at most 24 of them; a name that isn't such a slug itself adds six of its own. */
export function environmentSlug(name: string): string {
  const dashed = name.toLowerCase().replace(/[^a-z0-9]/g, '-');
  const slug = (/^[a-z]/.test(dashed) ? dashed : `env-${dashed}`).replace(/-+/g, '-');
  if (slug.length <= LONGEST_SLUG && slug === name) return slug.replace(/-$/, '');
  const digest = BigInt(`0x${createHash('sha256').update(name).digest('hex')}`).toString(36);
  const start = slug.slice(0, LONGEST_SLUG - SUFFIX_LENGTH - 1);
  return `${start}${start.endsWith('-') ? '' : '-'}${digest.slice(-SUFFIX_LENGTH)}`;
}
