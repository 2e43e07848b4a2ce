import { accumulatorsOf } from '../../../../shared/domain/drift/accumulate.ts';
import { BaselineBuilder } from '../../../../shared/domain/drift/build-baseline.ts';
import { type JudgeOptions, judgeWindow } from '../../../../shared/domain/drift/judge-window.ts';
import { newWindowState } from '../../../../shared/domain/drift/new-window-state.ts';
import { sealBaseline } from '../../../../shared/domain/drift/seal-baseline.ts';
import type { ReportView } from '../../../../web/report/report-page.tsx';

type Rows = readonly (readonly (string | undefined)[])[];

/** What the engine says of these rows beside those; a column named `score` is the model's answer. */
export function reportOf(
  header: readonly string[],
  training: Rows,
  window: Rows,
  options: Partial<JudgeOptions> = {},
): ReportView {
  const prediction = header.includes('score') ? { prediction: 'score' } : {};
  const builder = new BaselineBuilder(header, prediction);
  for (const row of training) builder.addRow(row);
  const sealed = sealBaseline(builder.finish());
  const state = newWindowState(sealed);
  const { features, prediction: answers } = accumulatorsOf(sealed.baseline, state);
  const names = header.filter((name) => name !== 'score');
  for (const row of window) {
    for (const [at, feature] of features.entries()) feature.addText(row[header.indexOf(names[at] ?? '')]);
    answers?.addText(row[header.indexOf('score')]);
  }
  state.rows = window.length;
  state.records = window.length;
  const report = judgeWindow(sealed, state, { alertShare: 0, model: 'flight-delays', environment: 'prod', ...options });
  return { report, baseline: sealed.baseline, state, links: [] };
}

/** Numbers that look random and are the same every time, in [0, 1). */
export function even(at: number): number {
  return ((at * 7919 + 104_729) % 10_007) / 10_007;
}

export function rowsOf(count: number, row: (at: number) => (string | undefined)[]): Rows {
  return Array.from({ length: count }, (_, at) => row(at));
}
