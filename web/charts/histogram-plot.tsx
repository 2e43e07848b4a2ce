import { scaleLinear } from 'd3-scale';
import { formatNumber } from '../../shared/domain/format-number.ts';
import { formatShare } from '../../shared/domain/format-share.ts';
import type { Histogram } from './histogram.ts';
import { STEPS_BOX, stepArea, stepLine } from './steps.ts';

const BOX = `0 0 ${STEPS_BOX.width} ${STEPS_BOX.height}`;
/** Pixels: the plot, and the place for the labels of its axis. */
const PLOT = 104;
const LABELS = 20;
const TOP = 16;

/** The baseline filled grey, the window as a line over it; widths follow the page, letters keep their size. */
export function HistogramPlot({ histogram, label }: { histogram: Histogram; label: string }) {
  const { low, high, ticks } = histogram;
  const scale = scaleLinear([low, high], [0, 100]);
  const most = Math.max(...histogram.baseline, ...histogram.window);
  return (
    <svg class="plot" role="img" aria-label={label} width="100%" height={TOP + PLOT + LABELS}>
      <Steps histogram={histogram} most={most} y={TOP} height={PLOT} />
      <line class="axis" x2="100%" y1={TOP + PLOT} y2={TOP + PLOT} />
      <text y="11">{formatShare(most)} of the values in a bar</text>
      {ticks.map((tick) => (
        <text class={anchorOf(scale(tick))} x={`${scale(tick).toFixed(1)}%`} y={TOP + PLOT + 15}>
          {labelOf(tick)}
        </text>
      ))}
    </svg>
  );
}

/** The same without letters, for pages with many of them. */
export function HistogramThumbnail({ histogram, label }: { histogram: Histogram; label: string }) {
  const most = Math.max(...histogram.baseline, ...histogram.window);
  return (
    <svg class="thumb" role="img" aria-label={label} viewBox={BOX} preserveAspectRatio="none">
      <path class="was" d={stepArea(histogram.baseline, most)} />
      <path class="is" d={stepLine(histogram.window, most)} />
    </svg>
  );
}

type StepsProps = { histogram: Histogram; most: number; y: number; height: number };

function Steps({ histogram, most, y, height }: StepsProps) {
  return (
    <svg aria-hidden="true" y={y} width="100%" height={height} viewBox={BOX} preserveAspectRatio="none">
      <path class="was" d={stepArea(histogram.baseline, most)} />
      {histogram.window.some((share) => share > 0) && <path class="is" d={stepLine(histogram.window, most)} />}
    </svg>
  );
}

/** As the axis' steps want it, unless the digits would be too many. */
function labelOf(tick: number): string {
  const size = Math.abs(tick);
  return tick !== 0 && (size >= 1_000_000 || size < 0.001)
    ? formatNumber(tick)
    : Number(tick.toPrecision(6)).toLocaleString('en-US');
}

/** Labels at the ends stay within the picture. */
function anchorOf(percent: number): string | undefined {
  return percent < 4 ? undefined : percent > 96 ? 'end' : 'mid';
}
