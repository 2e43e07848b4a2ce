import type { CategoricalFeature } from './baseline.ts';

/** Beyond it a value does not leave the domain because one of its rows is missing. */
const RARELY_LEAVES = 10;

/**
 * How many of the training rows hold a value that the baseline would not know, had just that row been missing (Good and Turing): values that
 * occur once and, of a domain that had no room for all, its rarest. So large a share of a window's values is unseen although nothing
 * changed; of a column of identifiers it is all of them.
 */
export function expectedUnseen({ domain, other }: CategoricalFeature): number {
  const rarest = other === 0 ? 1 : (domain.at(-1)?.count ?? 0);
  if (rarest > RARELY_LEAVES) return other;
  return domain.reduce((sum, { count }) => (count <= rarest ? sum + count : sum), other);
}
