import { sha256Hex } from '../domain/canonical-json.ts';
import { MAX_REPORT_BYTES } from '../domain/evaluation-report.ts';
import { ContractBroken } from '../domain/faults.ts';
import type { GateVerdict } from '../domain/gate-verdict.ts';
import type { DocumentReference } from '../domain/identifiers.ts';
import { inconclusiveVerdict, judgeGates } from '../domain/judge-gates.ts';
import { parseReport } from '../domain/parse-report.ts';
import type { Run } from '../domain/run.ts';
import { outputUriOf, reportUriOf } from '../domain/run-places.ts';
import type { Documents, ObjectStore } from '../ports/documents.ts';
import type { Onboarding } from '../ports/onboarding.ts';
import type { Stage } from '../ports/stage.ts';
import { readPolicy, readResolvedData } from './read-run-documents.ts';
import { findDataChanges } from './resolve-data.ts';

type JudgeReportDeps = {
  documents: Pick<Documents, 'read'>;
  objects: Pick<ObjectStore, 'list' | 'find'>;
  onboarding: Pick<Onboarding, 'ofModel'>;
  stage: Pick<Stage, 'bucket'>;
};

type JudgedReport = { verdict: GateVerdict; report?: DocumentReference };

/** The verdict of the policy's gates and the platform's floors on what evaluate wrote. What can't be told is inconclusive. */
export async function judgeReport(run: Run, deps: JudgeReportDeps): Promise<JudgedReport> {
  const { documents, objects, onboarding, stage } = deps;
  const record = onboarding.ofModel(run.model);
  if (record === undefined)
    throw new ContractBroken(`${run.model} is not onboarded any more. Add its record and retry.`);
  if (run.training === undefined)
    throw new ContractBroken(`Run ${run.runId} was never trained, so it can't be judged.`);
  const [policy, data] = await Promise.all([readPolicy(documents, run), readResolvedData(documents, run)]);
  const championExpected = run.champion !== undefined;
  const name = policy.evaluation.report;
  const uri = reportUriOf(outputUriOf(stage.bucket, run.runId, run.training.number), name);

  const found = await objects.find(uri, MAX_REPORT_BYTES);
  if (found === undefined) {
    const problem = `${name} is missing: evaluate must leave it in the output \`evaluation\`, which goes to OutputUri/evaluation.`;
    return { verdict: inconclusiveVerdict([problem], championExpected) };
  }
  if ('sizeBytes' in found) {
    const problem = `${name} has ${found.sizeBytes} bytes; at most ${MAX_REPORT_BYTES} are read. Keep predictions in a file of their own.`;
    return { verdict: inconclusiveVerdict([problem], championExpected) };
  }
  const { bytes, versionId } = found;
  const report = { uri, versionId, sha256: sha256Hex(bytes) };

  const parsed = parseReport(bytes, name);
  if ('problem' in parsed) return { verdict: inconclusiveVerdict([parsed.problem], championExpected), report };
  const changes = await findDataChanges(data, objects);
  if (changes.length > 0) {
    const problems = ['The data changed while the run trained, so nobody can tell what it was trained on.', ...changes];
    return { verdict: inconclusiveVerdict(problems, championExpected), report };
  }
  const gates = { gates: policy.evaluation.gates, floors: record.floors.gates };
  return { verdict: judgeGates({ ...gates, report: parsed.report, championExpected }), report };
}
