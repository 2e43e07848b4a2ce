import { resolve } from 'node:path';
import { parsePolicyFile } from '../shared/adapters/policy-file.ts';
import type { SealedBaseline } from '../shared/domain/drift/baseline.ts';
import type { DriftReport } from '../shared/domain/drift/drift-report.ts';
import { judgeWindow } from '../shared/domain/drift/judge-window.ts';
import type { WindowState } from '../shared/domain/drift/window-state.ts';
import type { Policy } from '../shared/domain/policy.ts';
import { problemLine } from '../shared/domain/problem.ts';
import { renderReport } from '../web/report/render-report.tsx';
import { driftTable } from './drift-table.ts';
import { loadBaselineFile } from './load-baseline-file.ts';
import { readBytes } from './read-input.ts';
import { readTimeSpan } from './read-time-span.ts';
import { readWindow } from './read-window.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';
import { writeOutput } from './write-output.ts';

export type CompareCommand = {
  baseline: string;
  captures: string;
  from?: string | undefined;
  to?: string | undefined;
  policy?: string | undefined;
  constraints?: string | undefined;
  target?: string | undefined;
  prediction?: string | undefined;
  json?: string | undefined;
  html?: string | undefined;
};

const EXIT_CODES = { ok: 0, warning: 0, drifted: 1, 'insufficient-data': 2 } as const;

/** `mlops drift compare`: answers 0 for ok and warning, 1 for drifted, 2 where it can't tell. @throws UsageError */
export async function driftCompare(command: CompareCommand, terminal: Terminal): Promise<0 | 1 | 2> {
  const inFolder = (path: string) => resolve(terminal.cwd, path);
  const span = readTimeSpan(command);
  const policy = command.policy === undefined ? undefined : await readPolicyFile(inFolder(command.policy));
  const sealed = await loadBaselineFile(inFolder(command.baseline), {
    ...command,
    constraints: command.constraints && inFolder(command.constraints),
  });
  const state = await readWindow(command.captures, sealed, span, terminal);
  const report = judgeWindow(sealed, state, {
    alertShare: policy?.monitoring?.drift?.alert.features ?? 0,
    model: policy?.model ?? sealed.baseline.model,
    window: { from: span.from, to: span.to },
    // Who runs this has the captures: with a policy its own rule holds, so that both reports say the same.
    showUnseenValues: policy === undefined || (policy.monitoring?.drift?.showUnseenValues ?? false),
  });
  await writeReports(command, { report, sealed, state }, inFolder);
  for (const line of driftTable(report)) terminal.out(line);
  if (report.verdict === 'insufficient-data') terminal.error(report.summary);
  return EXIT_CODES[report.verdict];
}

type Compared = { report: DriftReport; sealed: SealedBaseline; state: WindowState };

async function writeReports(
  { json, html }: CompareCommand,
  { report, sealed, state }: Compared,
  inFolder: (path: string) => string,
): Promise<void> {
  if (json !== undefined) await writeOutput(inFolder(json), `${JSON.stringify(report, null, 2)}\n`);
  if (html !== undefined)
    await writeOutput(inFolder(html), renderReport({ report, baseline: sealed.baseline, state, links: [] }));
}

async function readPolicyFile(path: string): Promise<Policy> {
  const reading = parsePolicyFile(await readBytes(path, 'policy'));
  if ('policy' in reading) return reading.policy;
  const [problem] = reading.problems;
  throw new UsageError(
    `The policy ${path} is not as agreed: ${problem === undefined ? 'it holds nothing' : problemLine(problem)}`,
  );
}
