import { ContractBroken } from '../faults.ts';
import type { BaselineFeature, SealedBaseline } from './baseline.ts';
import { controlFalseAlarms } from './control-false-alarms.ts';
import type { DataQualityFinding, DriftReport, DriftVerdict, FeatureDrift } from './drift-report.ts';
import { findQualityProblems, isProblem } from './find-quality-problems.ts';
import { reaches } from './find-reasons.ts';
import { judgeFeature } from './judge-feature.ts';
import { measureFeature } from './measure-feature.ts';
import { type JudgedWindow, summarizeWindow } from './summarize-window.ts';
import { FEWEST_ROWS } from './thresholds.ts';
import type { FeatureState, WindowState } from './window-state.ts';

export type JudgeOptions = {
  /** Share of drifted features from which on the window is drifted; 0 means any feature. */
  alertShare: number;
  model?: string | null | undefined;
  environment?: string | null | undefined;
  window?: { from: string | null; to: string | null } | undefined;
  /** Whether values that the training data never had may be named, from 20 occurrences on. */
  showUnseenValues?: boolean | undefined;
  /** What whoever read the window found: objects that could not be read, rows that were not captured. */
  findings?: readonly DataQualityFinding[] | undefined;
};

/** `report.json` of a window: each feature compared with the baseline, and the verdict. Throws ContractBroken for another baseline's state. */
export function judgeWindow(sealed: SealedBaseline, state: WindowState, options: JudgeOptions): DriftReport {
  const { baseline, sha256 } = sealed;
  if (state.baselineSha256 !== sha256) {
    throw new ContractBroken(`the window was counted against the baseline ${state.baselineSha256}, not ${sha256}`);
  }
  const { features, prediction } = judgeColumns(sealed, state, options.showUnseenValues ?? false);
  const { alertShare } = options;
  const findings = [...(options.findings ?? []), ...findQualityProblems(state, baseline)];
  const judged = { rows: state.rows, features, prediction, findings, alertShare };
  const verdict = verdictOf(judged);
  return {
    schema: 'mlops/drift-report/v1',
    model: options.model ?? baseline.model,
    environment: options.environment ?? null,
    window: options.window ?? { from: null, to: null },
    baseline: { sha256, rows: baseline.rows },
    records: state.records,
    rows: state.rows,
    invalidRecords: state.invalidRecords,
    verdict,
    summary: summarizeWindow({ ...judged, verdict }),
    driftedShare: state.rows < FEWEST_ROWS ? null : driftedShareOf(features),
    alertShare,
    findings,
    features,
    prediction,
  };
}

function judgeColumns(
  { baseline }: SealedBaseline,
  state: WindowState,
  showUnseenValues: boolean,
): { features: FeatureDrift[]; prediction: FeatureDrift | null } {
  const columns: { feature: BaselineFeature; state: FeatureState | null | undefined }[] = [
    ...baseline.features.map((feature, index) => ({ feature, state: state.features[index] })),
    ...(baseline.prediction ? [{ feature: baseline.prediction, state: state.prediction }] : []),
  ];
  const measured = columns.map(({ feature, state: counted }) => {
    if (!counted) throw new ContractBroken(`the window's state has no column ${feature.name}`);
    return measureFeature(feature, counted, { showUnseenValues });
  });
  const judged = controlFalseAlarms(measured).flatMap((tested, index) => {
    const column = columns[index];
    return column ? [judgeFeature(tested, column.feature)] : [];
  });
  return {
    features: judged.slice(0, baseline.features.length),
    prediction: judged[baseline.features.length] ?? null,
  };
}

function verdictOf({ rows, features, prediction, findings, alertShare }: Omit<JudgedWindow, 'verdict'>): DriftVerdict {
  if (rows < FEWEST_ROWS) return 'insufficient-data';
  const share = driftedShareOf(features);
  if ((share > 0 && reaches(share, alertShare)) || prediction?.verdict === 'drifted') return 'drifted';
  const verdicts = new Set([...features, ...(prediction ? [prediction] : [])].map(({ verdict }) => verdict));
  if (verdicts.has('drifted') || verdicts.has('warning') || findings.some(isProblem)) return 'warning';
  return features.every(({ verdict }) => verdict === 'insufficient-data') ? 'insufficient-data' : 'ok';
}

function driftedShareOf(features: readonly FeatureDrift[]): number {
  return features.filter(({ verdict }) => verdict === 'drifted').length / Math.max(1, features.length);
}
