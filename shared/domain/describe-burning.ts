import { formatNumber } from './format-number.ts';

/** How fast the budget goes, in Markdown; `burnRates` by the length of the window. */
export function describeBurning(burning: {
  withinMs: number;
  target: number;
  severity: 'page' | 'ticket';
  errorsAlone: boolean;
  burnRates: Partial<Record<string, number>>;
}): string[] {
  const { withinMs, target, severity, errorsAlone, burnRates } = burning;
  const rows = Object.entries(burnRates).flatMap(([window, rate]) =>
    rate === undefined ? [] : [`| ${window} | ${formatNumber(rate)} |`],
  );
  const urgency =
    severity === 'page' ? 'so fast that on-call is paged' : 'fast enough to be looked at in working hours';
  return [
    `Of all requests, ${formatNumber(target * 100)} % are to be answered without error within ${withinMs} ms. The rest, the budget, is used up ${urgency}.`,
    ...(errorsAlone ? ['Errors alone would be enough for that.'] : []),
    '',
    '| Over | Times as fast as the budget lasts |',
    '|---|---|',
    ...rows,
  ];
}
