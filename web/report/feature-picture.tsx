import { formatNumber } from '../../shared/domain/format-number.ts';
import { CategoryBars, CategoryThumbnail } from '../charts/category-bars.tsx';
import { categorySharesOf } from '../charts/category-shares.ts';
import { histogramOf } from '../charts/histogram.ts';
import { HistogramPlot, HistogramThumbnail } from '../charts/histogram-plot.tsx';
import { shorten } from '../parts/shorten.ts';
import type { ComparedFeature } from './pair-features.ts';

const BINS = 30;
const THUMBNAIL_BINS = 16;
const CATEGORIES = 8;
const THUMBNAIL_CATEGORIES = 10;
const LONGEST_NAME = 80;

/** Training beside window: a histogram of numbers, bars of categories. */
export function FeaturePicture({ drift, baseline, state }: ComparedFeature) {
  if (baseline?.kind === 'categorical') {
    const shares = categorySharesOf(baseline, state?.kind === 'categorical' ? state : undefined, CATEGORIES);
    return <CategoryBars shares={shares} caption={`Shares of the values of ${nameOf(drift.name)}`} />;
  }
  const histogram = baseline && histogramOf(baseline, state?.kind === 'numeric' ? state : undefined, BINS);
  if (histogram === undefined || drift.kind !== 'numeric')
    return <p class="soft small">There is no picture: neither side has values of one range.</p>;
  return (
    <figure>
      <HistogramPlot histogram={histogram} label={describe(drift.name, drift.baselineMean, drift.mean)} />
      <figcaption class="small">
        <span class="nowrap">
          <span class="key-was" aria-hidden="true" /> Training, mean {number(drift.baselineMean)}
        </span>{' '}
        <span class="nowrap">
          <span class="key-is" aria-hidden="true" /> Window, mean {number(drift.mean)}
        </span>
      </figcaption>
    </figure>
  );
}

/** The same in the size of a stamp. */
export function FeatureThumbnail({ baseline, state }: Omit<ComparedFeature, 'drift'>) {
  if (baseline?.kind === 'categorical') {
    const counted = state?.kind === 'categorical' ? state : undefined;
    return <CategoryThumbnail shares={categorySharesOf(baseline, counted, THUMBNAIL_CATEGORIES)} label="Bars" />;
  }
  const histogram = baseline && histogramOf(baseline, state?.kind === 'numeric' ? state : undefined, THUMBNAIL_BINS);
  return histogram && <HistogramThumbnail histogram={histogram} label="Histogram" />;
}

function describe(name: string, was: number | null, is: number | null): string {
  return `Histogram of ${nameOf(name)}: mean ${number(was)} at training, ${number(is)} in the window`;
}

function nameOf(name: string): string {
  return shorten(name, LONGEST_NAME);
}

function number(value: number | null): string {
  return value === null ? '–' : formatNumber(value);
}
