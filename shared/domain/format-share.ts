/** A share of something in percent, fine enough to tell small ones from none: `12.3 %`, `0.4 %`, `< 0.1 %`, `0 %`. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent === 0) return '0 %';
  if (percent < 0.1) return '< 0.1 %';
  if (share < 1 && percent > 99.9) return '> 99.9 %';
  return `${percent >= 99.95 ? 100 : Number(percent.toFixed(1))} %`;
}
