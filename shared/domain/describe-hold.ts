import type { Deployment, Hold, Rollback } from './deployment.ts';
import { formatTime } from './format-time.ts';
import type { GitlabUser } from './run.ts';
import { cut } from './run-end.ts';

/** Reasons may have a thousand characters; a sentence that quotes one has room for so many. */
const LONGEST_QUOTE = 400;

export function nameOf({ name, username }: GitlabUser): string {
  return `${name} (@${username})`;
}

/** Why no run may roll out here, and what lets it: for the run that is parked by it. */
export function describeHold(model: string, environment: string, hold: Hold): string {
  const release = `npm run -s mlops -- release --model ${model} --environment ${environment} --reason "…"`;
  return `${environment} is held: ${nameOf(hold.by)} rolled version ${hold.from} back to version ${hold.to} on ${formatTime(hold.at)} (“${quote(hold.reason)}”). When it is mended, release it (${release}, or the button on the endpoint's page), then retry the run.`;
}

/** How far a rollback has come, in one sentence. */
export function describeRollback(
  { model, environment, pending }: Pick<Deployment, 'model' | 'environment' | 'pending'>,
  rollback: Rollback,
): string {
  const { from, to, status, rollbackId } = rollback;
  const place = `${model} in ${environment}`;
  if (status === 'rolled-back') return `${place} serves version ${to.version} again; version ${from.version} is out.`;
  if (status === 'failed') {
    const why = rollback.reasons.join(' ');
    return `The rollback of ${place} to version ${to.version} failed${why === '' ? '.' : `: ${why}`}`;
  }
  if (pending?.rollbackId !== rollbackId) {
    return pending === undefined
      ? `Version ${to.version} is being checked as it was at its roll-out.`
      : `The rollback waits: version ${pending.version} is just being rolled out to ${environment}.`;
  }
  return pending.move?.towards === 'live'
    ? `Version ${to.version} did not come up as it should; version ${from.version} is being given back.`
    : `${place} is being moved from version ${from.version} to version ${to.version} and tested.`;
}

export function quote(reason: string): string {
  return cut(reason, LONGEST_QUOTE);
}
