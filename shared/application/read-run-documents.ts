import { GateVerdict } from '../domain/gate-verdict.ts';
import { PipelineDefinition } from '../domain/pipeline-definition.ts';
import { Policy } from '../domain/policy.ts';
import { ResolvedData } from '../domain/resolved-data.ts';
import type { Run } from '../domain/run.ts';
import type { Documents } from '../ports/documents.ts';
import { readDocument } from './read-document.ts';

type Reads = Pick<Documents, 'read'>;

/** @throws everywhere as `readDocument`: ContractBroken, DigestMismatch */
export function readPolicy(documents: Reads, run: Run): Promise<Policy> {
  return readDocument(documents, Policy, run.policy, `The policy of run ${run.runId}`);
}

/** The data objects as they were resolved at acceptance. */
export function readResolvedData(documents: Reads, run: Run): Promise<ResolvedData> {
  return readDocument(documents, ResolvedData, run.data, `The list of data objects of run ${run.runId}`);
}

export function readVerdict(documents: Reads, run: Run): Promise<GateVerdict> {
  return readDocument(documents, GateVerdict, run.verdict, `The verdict on run ${run.runId}`);
}

/** The pipeline definition as its author wrote it; it was checked at acceptance. */
export function readDefinition(documents: Reads, run: Run): Promise<PipelineDefinition> {
  return readDocument(documents, PipelineDefinition, run.definition, `The pipeline definition of run ${run.runId}`);
}
