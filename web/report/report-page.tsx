import { raw } from 'hono/html';
import type { Baseline } from '../../shared/domain/drift/baseline.ts';
import type { DriftReport } from '../../shared/domain/drift/drift-report.ts';
import type { WindowState } from '../../shared/domain/drift/window-state.ts';
import { formatDuration, formatTime } from '../../shared/domain/format-time.ts';
import { OutsideLink } from '../parts/outside-link.tsx';
import { shorten } from '../parts/shorten.ts';
import { StateMark } from '../parts/state-mark.tsx';
import { DataQuality } from './data-quality.tsx';
import { FeatureCard } from './feature-card.tsx';
import { Features } from './features.tsx';
import { Method } from './method.tsx';
import { Overview } from './overview.tsx';
import { pairFeatures } from './pair-features.ts';
import { policyOf } from './report-policy.ts';
import { reportStyles } from './report-styles.ts';
import { VERDICT_STATES } from './verdict-states.ts';

/** Somewhere to go on from the report; anything but an http(s) address is shown as text. */
export type ReportLink = { label: string; address: string };
export type ReportView = { report: DriftReport; baseline: Baseline; state: WindowState; links: readonly ReportLink[] };

const LONGEST_SENTENCE = 600;

export function ReportPage({ view: { report, baseline, state, links } }: { view: ReportView }) {
  const [mark, word] = VERDICT_STATES[report.verdict];
  const features = pairFeatures(report, baseline, state);
  const idOf = (at: number) => `f${at + 1}`;
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="content-security-policy" content={policyOf(reportStyles).join('; ')} />
        <title>{titleOf(report)}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <style>{raw(reportStyles)}</style>
      </head>
      <body>
        <main id="main">
          <div class={`verdict is-${mark}`}>
            <StateMark state={mark} word={word} />
            <h1>
              <bdi>{shorten(report.summary, LONGEST_SENTENCE)}</bdi>
            </h1>
            <p class="soft">{aboutOf(report)}</p>
            {links.length > 0 && (
              <p class="links">
                {links.map(({ label, address }) => (
                  <OutsideLink href={address}>{label}</OutsideLink>
                ))}
              </p>
            )}
          </div>
          <section aria-labelledby="moved">
            <h2 id="moved">{movedTitle(report)}</h2>
            <Overview features={features} idOf={idOf} />
          </section>
          {report.prediction && (
            <section aria-labelledby="prediction">
              <h2 id="prediction">What the model answered</h2>
              <FeatureCard
                feature={{
                  drift: report.prediction,
                  baseline: baseline.prediction ?? undefined,
                  state: state.prediction ?? undefined,
                }}
                id="p"
                title="The model’s answers"
              />
            </section>
          )}
          <Features features={features} idOf={idOf} />
          <DataQuality report={report} />
          <Method report={report} />
        </main>
        <footer class="foot">
          <div>
            <p>
              {titleOf(report)} · compared with the baseline <code>{report.baseline.sha256.slice(0, 12)}</code> · all
              times are UTC
            </p>
          </div>
        </footer>
      </body>
    </html>
  );
}

function titleOf({ model, environment }: DriftReport): string {
  const place = [model, environment].filter((name) => name !== null).join(' in ');
  return place === '' ? 'Drift report' : `Drift report of ${place}`;
}

function aboutOf({ rows, window: { from, to }, baseline }: DriftReport): string {
  const compared = `${rows.toLocaleString('en-US')} rows against ${baseline.rows.toLocaleString('en-US')} of the training data`;
  return `${compared}. ${spanOf(from, to)}`;
}

function spanOf(from: string | null, to: string | null): string {
  if (from === null && to === null) return 'All captures that were given.';
  if (to === null) return `Captured since ${formatTime(from ?? '')}.`;
  if (from === null) return `Captured until ${formatTime(to)}.`;
  return `Captured from ${formatTime(from)} to ${formatTime(to)} (${formatDuration(Date.parse(to) - Date.parse(from))}).`;
}

function movedTitle({ features }: DriftReport): string {
  const drifted = features.filter(({ verdict }) => verdict === 'drifted').length;
  const warned = features.filter(({ verdict }) => verdict === 'warning').length;
  const all = features.length.toLocaleString('en-US');
  if (features.every(({ verdict }) => verdict === 'insufficient-data')) return 'What can be seen so far';
  return `${drifted} of ${all} features drifted${warned > 0 ? `, ${warned} with a warning` : ''}`;
}
