import * as z from 'zod';
import { redact } from './redact.ts';
import { bounded, cut, type RunEnd } from './run-end.ts';

/** What Lambda leaves as the cause of an error that its function threw. */
const ThrownByLambda = z.object({ errorMessage: z.string(), errorType: z.string().optional() });

/** What is left of that where the workflow had to cut it. */
const CUT_MESSAGE = /"errorMessage":\s*"((?:[^"\\]|\\.)*)/;

/** The sentences that tell on-call why a workflow could not go on: where it was, what it met, and what it knew before. */
export function describeFault({
  reasons,
  fault,
  environment,
}: Pick<RunEnd, 'reasons' | 'fault' | 'environment'>): string[] {
  if (fault === undefined) return reasons;
  const step =
    fault.state === undefined ? '' : ` (step ${fault.state}${environment === undefined ? '' : ` in ${environment}`})`;
  return bounded([`${fault.name}: ${cut(redact(messageIn(fault.cause)), 900 - step.length)}${step}`, ...reasons]);
}

function messageIn(cause: string): string {
  if (cause === '') return 'no cause was given.';
  try {
    const thrown = ThrownByLambda.safeParse(JSON.parse(cause));
    return thrown.success ? thrown.data.errorMessage : cause;
  } catch {
    return CUT_MESSAGE.exec(cause)?.[1] ?? cause;
  }
}
