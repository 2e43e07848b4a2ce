import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { s3CaptureObjects } from '../../shared/adapters/s3/capture-objects.ts';
import { s3Documents } from '../../shared/adapters/s3/documents.ts';
import { readBaseline } from '../../shared/application/read-baseline.ts';
import {
  type ReadCaptureObjectDeps,
  type ReadObject,
  readCaptureObject,
} from '../../shared/application/read-capture-object.ts';
import { readDocument } from '../../shared/application/read-document.ts';
import type { SealedBaseline } from '../../shared/domain/drift/baseline.ts';
import { mergeWindowStates } from '../../shared/domain/drift/merge-window-states.ts';
import { newWindowState } from '../../shared/domain/drift/new-window-state.ts';
import { serializeWindowState } from '../../shared/domain/drift/serialize-window-state.ts';
import { ContractBroken } from '../../shared/domain/faults.ts';
import { DocumentReference } from '../../shared/domain/identifiers.ts';
import { WindowPlan } from '../../shared/domain/plan-window.ts';
import { type UnreadableObject, windowPart } from '../../shared/domain/window-part.ts';
import { batchKeyOf } from '../../shared/domain/window-places.ts';
import type { Documents } from '../../shared/ports/documents.ts';
import { defineStep, lambdaStep } from '../../shared/runtime/lambda-step.ts';

export type ReadBatchDeps = ReadCaptureObjectDeps & {
  documents: Pick<Documents, 'read'>;
  /** The capture bucket, where the plan lies and the part goes. */
  states: Documents;
};

const Input = z.object({ plan: DocumentReference, batch: z.number().int().min(0) });
const Output = z.object({ batch: z.number().int() });

/** State `ReadBatch` of monitor-window: counts what one batch of objects captured, and leaves the counts beside the plan. */
export const step = defineStep({ input: Input, output: Output, run: readBatch });

export const handler = lambdaStep(step, (environment) => ({
  documents: s3Documents(environment),
  states: s3Documents({ bucket: environment.captureBucket }),
  captures: s3CaptureObjects(),
  pause,
}));

/** While one object is waited for, others are read: most have a few records. */
const AT_ONCE = 8;

async function readBatch(input: z.output<typeof Input>, deps: ReadBatchDeps): Promise<z.infer<typeof Output>> {
  const plan = await readDocument(deps.states, WindowPlan, input.plan, 'The plan of the window');
  const objects = plan.batches[input.batch];
  if (objects === undefined)
    throw new ContractBroken(`The plan ${input.plan.uri} has no batch ${input.batch}. Start the window again.`);
  const sealed = await readBaseline(deps.documents, plan.baseline, 'The baseline of the window');
  let state = newWindowState(sealed);
  const unreadable: UnreadableObject[] = [];
  for (let first = 0; first < objects.length; first += AT_ONCE) {
    for (const { key, read } of await readSome(objects.slice(first, first + AT_ONCE), plan, sealed, deps)) {
      if (read.state !== undefined) state = mergeWindowStates(state, read.state, sealed.baseline);
      if (read.why !== undefined) unreadable.push({ key, why: read.why });
    }
  }
  const part = JSON.stringify(windowPart(serializeWindowState(state), unreadable));
  await deps.states.write(batchKeyOf(plan.key, input.plan.sha256, input.batch), part, 'application/json');
  return { batch: input.batch };
}

function readSome(
  objects: readonly { key: string }[],
  { bucket, key: { window } }: WindowPlan,
  sealed: SealedBaseline,
  deps: ReadBatchDeps,
): Promise<{ key: string; read: ReadObject }[]> {
  return Promise.all(
    objects.map(async ({ key }) => ({
      key,
      read: await readCaptureObject(`s3://${bucket}/${key}`, sealed, window, deps),
    })),
  );
}
