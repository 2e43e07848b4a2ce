import type { Run, RunStatus } from '../../shared/domain/run.ts';
import type { State } from './state-mark.tsx';

/** How each status looks and is called. */
export const RUN_STATES: Record<RunStatus, [State, string]> = {
  refused: ['bad', 'refused'],
  training: ['wait', 'training'],
  judging: ['wait', 'being judged'],
  registering: ['wait', 'being registered'],
  'awaiting-approval': ['wait', 'waits for a steward'],
  'rolling-out': ['wait', 'rolling out'],
  live: ['good', 'live'],
  'routed-back': ['bad', 'routed back'],
  superseded: ['plain', 'superseded'],
  parked: ['warn', 'parked'],
};

/** What the story waits for in this status, `undefined` where it has come to rest. */
export function awaitedBy(status: RunStatus): string | undefined {
  const awaited: Partial<Record<RunStatus, string>> = {
    training: 'SageMaker to train and evaluate',
    judging: 'the gates to be judged',
    registering: 'the version to be registered',
    'awaiting-approval': 'a steward to decide',
    'rolling-out': 'the roll-out',
    parked: 'a Maintainer to retry',
  };
  return awaited[status];
}

/** `flight-delays v7` once there is a version, before that `flight-delays run 12`. */
export function runName(run: Run): string {
  return run.registered ? `${run.model} v${run.registered.version}` : `${run.model} run ${run.sequence}`;
}

/** The page's first sentence. */
export function runSentence(run: Run): string {
  const name = runName(run);
  const sentences: Record<RunStatus, string> = {
    refused: `${name} was refused before training`,
    training: `${name} is being trained`,
    judging: `${name} is being judged by its gates`,
    registering: `${name} passed its gates and is being registered`,
    'awaiting-approval': `${name} passed its gates and waits for a steward`,
    'rolling-out': `${name} is approved and being rolled out`,
    live: `${name} is live in ${inWords(run.environments)}`,
    'routed-back': `${name} was routed back to the data scientist`,
    superseded: `${name} gave way to a newer candidate`,
    parked: `${name} is parked: something failed that is not its author's fault`,
  };
  return sentences[run.status];
}

function inWords(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
