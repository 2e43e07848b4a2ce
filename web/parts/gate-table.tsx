import { countOf, formatNumber, formatThreshold } from '../../shared/domain/format-number.ts';
import type { GateResult, GateVerdict } from '../../shared/domain/gate-verdict.ts';
import { MetricName } from './metric-name.tsx';
import { type State, StateMark } from './state-mark.tsx';
import { type Column, Table } from './table.tsx';

const STATES: Record<GateResult['result'], State> = { passed: 'good', rejected: 'bad', inconclusive: 'warn' };
const WORDS: Record<GateResult['result'], string> = {
  passed: 'passed',
  rejected: 'failed',
  inconclusive: 'inconclusive',
};

type GateTableProps = {
  verdict: GateVerdict;
  /** The live version, such as `v6`. */
  championName: string | undefined;
  /** Its values by path, where they are known beyond what the gates compared. */
  champions?: ReadonlyMap<string, number>;
};

/** Every gate with its value, what it needs and what the live version has; the failed ones come first. */
export function GateTable({ verdict, championName, champions = new Map() }: GateTableProps) {
  const { results, problems } = verdict;
  return (
    <>
      {problems.length > 0 && (
        <div class="notice is-bad">
          {problems.map((problem) => (
            <p>{problem}</p>
          ))}
        </div>
      )}
      {results.length === 0 ? (
        <p class="soft">No gate could be judged.</p>
      ) : (
        <Table
          caption={captionOf(verdict)}
          columns={columnsOf(championName, champions)}
          rows={results}
          rowState={({ result }) => (result === 'passed' ? undefined : result === 'rejected' ? 'is-bad' : 'is-warn')}
        />
      )}
    </>
  );
}

function captionOf({ results, evaluationData }: GateVerdict): string {
  const passed = results.filter(({ result }) => result === 'passed').length;
  const rows = evaluationData ? `, on ${countOf(evaluationData.rows, 'row')}` : '';
  return `${passed} of ${countOf(results.length, 'gate')} passed${rows}`;
}

function columnsOf(
  championName: string | undefined,
  champions: ReadonlyMap<string, number>,
): [Column<GateResult>, ...Column<GateResult>[]] {
  const value: Column<GateResult>[] = [
    { header: 'Value', isNumber: true, cell: ({ value }) => orNone(value) },
    {
      header: 'Needs',
      isNumber: true,
      cell: need,
    },
  ];
  const champion: Column<GateResult>[] = championName
    ? [
        {
          header: `Live ${championName}`,
          isNumber: true,
          cell: ({ champion, metric }) => orNone(champion ?? champions.get(metric)),
        },
      ]
    : [];
  return [
    { header: 'Gate', cell: (result) => <GateName result={result} /> },
    ...value,
    ...champion,
    { header: 'Result', cell: ({ result }) => <StateMark state={STATES[result]} word={WORDS[result]} /> },
  ];
}

function GateName({ result }: { result: GateResult }) {
  const isComparison = 'versus' in result.gate;
  return (
    <>
      <MetricName path={result.metric} /> {isComparison && <span class="tag">versus live</span>}{' '}
      {result.origin === 'floor' && <span class="tag">platform floor</span>}
      {(result.result !== 'passed' || result.threshold === undefined) && <p>{result.sentence}</p>}
    </>
  );
}

function orNone(value: number | undefined): string {
  return value === undefined ? '–' : formatNumber(value);
}

/** As its author wrote it. One that was computed from the champion has more digits than anybody wrote; four are enough. */
function need({ gate, operator, threshold }: GateResult): string {
  if (threshold === undefined) return '–';
  const shown = 'versus' in gate ? Number(threshold.toPrecision(4)) : threshold;
  return `${operator} ${formatThreshold(shown)}`;
}
