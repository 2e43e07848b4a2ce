import type { EvaluationReport } from './evaluation-report.ts';
import { formatThreshold } from './format-number.ts';
import type { GateResult, GateVerdict, Verdict } from './gate-verdict.ts';
import { type MetricReading, readMetric } from './metric-paths.ts';
import type { Gate } from './policy.ts';

type Question = {
  /** Gates of the model's policy. */
  gates: readonly Gate[];
  /** Gates of the platform's floors, judged as well. */
  floors: readonly Gate[];
  report: EvaluationReport;
  /** Whether a version was live in the last environment when training began. */
  championExpected: boolean;
};

/** What a comparison is made with: the champion's metrics on the same rows, or the reason why there is none. */
type Opponent =
  | { found: 'metrics'; metrics: unknown }
  | { found: 'nothing-live' }
  | { found: 'nothing-comparable'; why: string };

type Judged = Pick<GateResult, 'result' | 'sentence'> &
  Partial<Pick<GateResult, 'value' | 'threshold' | 'champion' | 'rows'>>;

/** Thresholds are written by people in decimals; binary fractions must not turn 0.8 − 0.1 into more than 0.7. */
const ROUNDING = 1e-12;

const order: Record<Verdict, number> = { rejected: 0, inconclusive: 1, passed: 2 };

/**
 * Judges every gate on the report. One rejected gate rejects the candidate; else one that can't be told makes the whole
 * inconclusive: no data, NaN, too few rows or other rows than the champion's are never a pass.
 */
export function judgeGates({ gates, floors, report, championExpected }: Question): GateVerdict {
  const opponent = opponentIn(report, championExpected);
  const results = [
    ...gates.flatMap((gate) => judgeGate(gate, 'policy', report, opponent)),
    ...floors.flatMap((gate) => judgeGate(gate, 'floor', report, opponent)),
  ].sort((a, b) => order[a.result] - order[b.result]);
  const problems =
    results.length === 0 ? ['There is no gate to judge: add one to evaluation.gates of mlops.yaml.'] : [];
  return {
    verdict: results[0]?.result ?? 'inconclusive',
    results,
    problems,
    evaluationData: { sha256: report.evaluationData.sha256, rows: report.evaluationData.rows },
    championPresent: opponent.found === 'metrics',
  };
}

/** The verdict where no gate could be judged, with the sentences that say why. */
export function inconclusiveVerdict(problems: readonly string[], championPresent: boolean): GateVerdict {
  return { verdict: 'inconclusive', results: [], problems: [...problems], championPresent };
}

function opponentIn(report: EvaluationReport, championExpected: boolean): Opponent {
  if (!championExpected) return { found: 'nothing-live' };
  const { champion, evaluationData } = report;
  if (!champion) {
    return { found: 'nothing-comparable', why: 'a version is live, but the report has no metrics of the champion' };
  }
  if (champion.error !== undefined) {
    return { found: 'nothing-comparable', why: `the champion could not be scored (${champion.error})` };
  }
  if (champion.evaluationData?.sha256 !== evaluationData.sha256) {
    return { found: 'nothing-comparable', why: 'the champion was not scored on the same evaluation data' };
  }
  return { found: 'metrics', metrics: champion };
}

function judgeGate(
  gate: Gate,
  origin: GateResult['origin'],
  report: EvaluationReport,
  opponent: Opponent,
): GateResult[] {
  const common = { gate, origin, operator: operatorOf(gate) };
  const readings = readingsOf(gate, report, opponent);
  if (readings.length === 0) {
    const sentence = `${gate.metric}: the report has nothing that it stands for.`;
    return [{ ...common, metric: gate.metric, result: 'inconclusive', sentence }];
  }
  return readings.map((reading) => ({ ...common, metric: reading.metric, ...judgeReading(gate, reading, opponent) }));
}

/** A slice that the champion has and the candidate's report has not is asked for too: leaving it out is no way to pass. */
function readingsOf(gate: Gate, report: EvaluationReport, opponent: Opponent): MetricReading[] {
  const own = readMetric(report, gate.metric);
  if (!('versus' in gate) || opponent.found !== 'metrics') return own;
  const seen = new Set(own.map(({ metric }) => metric));
  const missing = readMetric(opponent.metrics, gate.metric).filter(({ metric }) => !seen.has(metric));
  return [...own, ...missing.map(({ metric }) => ({ metric, value: undefined, rows: undefined }))];
}

function judgeReading(gate: Gate, { metric, value, rows }: MetricReading, opponent: Opponent): Judged {
  if (!isFiniteNumber(value)) return inconclusive(`${metric} is ${described(value)}.`);
  const counted = isFiniteNumber(rows) && Number.isInteger(rows) ? { rows } : {};
  if (gate.minRows !== undefined && !(isFiniteNumber(rows) && rows >= gate.minRows)) {
    const seen = isFiniteNumber(rows) ? `has ${rows} rows` : 'has no count of rows';
    return { ...inconclusive(`${metric} ${seen}; at least ${gate.minRows} are needed.`), value, ...counted };
  }
  return {
    value,
    ...counted,
    ...('versus' in gate ? judgeAgainstChampion(gate, metric, value, opponent) : judgeBound(gate, metric, value)),
  };
}

function judgeBound(gate: Exclude<Gate, { versus: 'champion' }>, metric: string, value: number): Judged {
  const threshold = 'min' in gate ? gate.min : gate.max;
  const holds = 'min' in gate ? value >= threshold : value <= threshold;
  return {
    threshold,
    ...decided(holds, `${metric} is ${shown(value)}; ${operatorOf(gate)} ${formatThreshold(threshold)} is needed.`),
  };
}

function judgeAgainstChampion(
  gate: Extract<Gate, { versus: 'champion' }>,
  metric: string,
  value: number,
  opponent: Opponent,
): Judged {
  if (opponent.found === 'nothing-live') {
    return { result: 'passed', sentence: `${metric} is ${shown(value)}; nothing is live yet to compare with.` };
  }
  if (opponent.found === 'nothing-comparable') return inconclusive(`${metric} can't be compared: ${opponent.why}.`);
  const champion = readMetric(opponent.metrics, metric)[0]?.value;
  if (!isFiniteNumber(champion)) return inconclusive(`${metric} of the champion is ${described(champion)}.`);
  const worseBy = gate.better === 'higher' ? champion - value : value - champion;
  const threshold = gate.better === 'higher' ? champion - gate.maxRegression : champion + gate.maxRegression;
  const sentence = `${metric} is ${shown(value)}, the champion's ${shown(champion)}; it may be worse by ${shown(gate.maxRegression)} at most.`;
  return { threshold, champion, ...decided(worseBy <= gate.maxRegression + ROUNDING, sentence) };
}

function operatorOf(gate: Gate): GateResult['operator'] {
  if ('versus' in gate) return gate.better === 'higher' ? '≥' : '≤';
  return 'min' in gate ? '≥' : '≤';
}

function decided(holds: boolean, sentence: string): Judged {
  return { result: holds ? 'passed' : 'rejected', sentence };
}

function inconclusive(sentence: string): Judged {
  return { result: 'inconclusive', sentence };
}

function isFiniteNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function described(value: unknown): string {
  if (value === undefined) return 'missing from the report';
  if (value === null || value === 'NaN' || typeof value === 'number') return 'not a number (NaN)';
  return typeof value === 'object' ? 'not a number but a group of values' : 'not a number';
}

/** Six digits tell two metrics apart and are still read at a glance. */
function shown(value: number): string {
  return String(Number(value.toPrecision(6)));
}
