/** From where on a feature has moved, by measure: the verdicts of the engine and the pages that explain them use the same numbers. */
export const DRIFTED_FROM = {
  /** Wasserstein-1 in standard deviations of the baseline. */
  wassersteinOverSigma: 0.1,
  psi: 0.25,
  lInfinity: 0.1,
  /** By how much the share of missing, invalid or unseen values moved. */
  share: 0.1,
} as const;

export const WARNING_FROM = { psi: 0.1, jensenShannon: 0.1 } as const;

/** A change counts only where it is also significant: q by Benjamini–Hochberg over the features. */
export const SIGNIFICANT_Q = 0.05;

/** Fewer rows are judged `insufficient-data`. */
export const FEWEST_ROWS = 500;
/** Fewer rows are judged `warning` at most. */
export const ENOUGH_ROWS = 1_000;

/** A value that the training data never had is shown, where the policy allows it, from so many occurrences on. */
export const UNSEEN_SHOWN_FROM = 20;
