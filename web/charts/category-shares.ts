import type { CategoricalFeature } from '../../shared/domain/drift/baseline.ts';
import type { CategoricalState } from '../../shared/domain/drift/window-state.ts';

/** A category's share of the present values at training and now. */
export type CategoryShare = { label: string; baseline: number; window: number };
export type CategoryShares = {
  /** Those that changed most, farthest first. */
  shown: CategoryShare[];
  /** The other ones of the training data together; `count` says how many they are. */
  others: CategoryShare & { count: number };
  /** Values that the training data never had. */
  unseen: CategoryShare;
};

/** What a category's shares were and are; the ones that are shown are chosen by how far they moved, then by how frequent they were. */
export function categorySharesOf(
  { domain, other, present }: CategoricalFeature,
  state: CategoricalState | undefined,
  most: number,
): CategoryShares {
  const now = state?.present ?? 0;
  const shareOf = (count: number, total: number) => (total > 0 ? count / total : 0);
  const all = domain.map(({ value, count }, at) => ({
    label: value,
    baseline: shareOf(count, present),
    window: shareOf(state?.counts[at] ?? 0, now),
  }));
  const ordered = all.toSorted((a, b) => changeOf(b) - changeOf(a) || b.baseline - a.baseline);
  const [shown, rest] = [ordered.slice(0, most), ordered.slice(most)];
  const sum = (pick: (share: CategoryShare) => number) => rest.reduce((total, share) => total + pick(share), 0);
  return {
    shown,
    others: {
      label: 'all others',
      baseline: sum(({ baseline }) => baseline) + shareOf(other, present),
      window: sum(({ window }) => window),
      count: rest.length,
    },
    unseen: { label: 'not in the training data', baseline: 0, window: shareOf(state?.unseen ?? 0, now) },
  };
}

export function changeOf({ baseline, window }: CategoryShare): number {
  return Math.abs(window - baseline);
}
