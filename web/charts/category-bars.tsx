import { scaleLinear } from 'd3-scale';
import { formatShare } from '../../shared/domain/format-share.ts';
import { shorten } from '../parts/shorten.ts';
import type { CategoryShare, CategoryShares } from './category-shares.ts';

const LONGEST_LABEL = 60;

/** A table whose second column is the picture: for each category two bars, the baseline's above the window's. */
export function CategoryBars({ shares, caption }: { shares: CategoryShares; caption: string }) {
  const { shown, others, unseen } = shares;
  const rows = [
    ...shown,
    ...(others.baseline + others.window > 0 ? [others] : []),
    ...(unseen.window > 0 ? [unseen] : []),
  ];
  const most = Math.max(...rows.flatMap(({ baseline, window }) => [baseline, window]), Number.MIN_VALUE);
  return (
    <table class="bars">
      <caption class="hidden">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">Value</th>
          <td aria-hidden="true" />
          <th scope="col" class="num">
            Training
          </th>
          <th scope="col" class="num">
            Window
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr>
            <th scope="row">
              {row === others || row === unseen ? <em>{nameOf(row, shares)}</em> : <Label text={row.label} />}
            </th>
            <td aria-hidden="true">
              <PairOfBars share={row} most={most} />
            </td>
            <td class="num">{formatShare(row.baseline)}</td>
            <td class="num">{formatShare(row.window)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Bars alone, for pages with many of them: pairs side by side. */
export function CategoryThumbnail({ shares, label }: { shares: CategoryShares; label: string }) {
  const rows = [...shares.shown, shares.unseen];
  const most = Math.max(...rows.flatMap(({ baseline, window }) => [baseline, window]), Number.MIN_VALUE);
  const height = scaleLinear([0, most], [0, 100]);
  const step = 300 / rows.length;
  const bar = (share: number, x: number) => {
    const tall = Math.round(height(share));
    return tall === 0 ? '' : `M${Math.round(x)} 100v-${tall}h${Math.round(step * 0.4)}v${tall}z`;
  };
  return (
    <svg class="thumb" role="img" aria-label={label} viewBox="0 0 300 100" preserveAspectRatio="none">
      <path class="was" d={rows.map(({ baseline }, at) => bar(baseline, at * step)).join('')} />
      <path class="now" d={rows.map(({ window }, at) => bar(window, (at + 0.42) * step)).join('')} />
    </svg>
  );
}

function nameOf(row: CategoryShare, { others }: CategoryShares): string {
  return row === others && others.count > 0 ? `${others.count.toLocaleString('en-US')} other values` : row.label;
}

/** An empty text is a value too, where a file says so. */
function Label({ text }: { text: string }) {
  if (text.trim() === '') return <em>blank</em>;
  const short = shorten(text, LONGEST_LABEL);
  return <bdi title={short === text ? undefined : shorten(text, 4 * LONGEST_LABEL)}>{short}</bdi>;
}

function PairOfBars({ share: { baseline, window }, most }: { share: CategoryShare; most: number }) {
  const width = scaleLinear([0, most], [0, 100]);
  return (
    <svg aria-hidden="true" width="100%" height="15">
      <rect class="was" width={`${width(baseline).toFixed(1)}%`} height="7" />
      <rect class="now" y="8" width={`${width(window).toFixed(1)}%`} height="7" />
    </svg>
  );
}
