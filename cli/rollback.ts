import { setTimeout as pause } from 'node:timers/promises';
import type { EndpointStatus } from '../shared/domain/endpoint-status.ts';
import { CliError } from './cli-error.ts';
import { type ControlPlane, connectControlPlane, type Place } from './control-plane.ts';
import { type OperationOptions, readOperation } from './operation-options.ts';
import type { Terminal } from './terminal.ts';

const POLL_MS = 1000;
/** An endpoint takes some minutes; one that takes longer goes on without us. */
const LONGEST_MS = 30 * 60_000;

/** `mlops rollback`: asks for the way back and follows it to its end. Answers 0 when the former version serves. */
export async function rollback(options: OperationOptions, terminal: Terminal): Promise<0 | 1> {
  const { place, reason } = readOperation(options);
  const controlPlane = await connectControlPlane(options, terminal);
  const { sentence, rollbackId } = await controlPlane.operate(place, 'rollback', reason);
  terminal.error(sentence);
  if (rollbackId === undefined) return 0;
  const end = await follow(place, rollbackId, controlPlane, (line) => terminal.error(line));
  if (end.status === 'failed') {
    terminal.error(end.sentence);
    return 1;
  }
  terminal.out(end.sentence);
  terminal.out(`No run rolls out to ${place.environment} until it is released: ${releaseCommand(place)}`);
  terminal.out(controlPlane.pageOf(place));
  return 0;
}

type End = NonNullable<EndpointStatus['rollback']>;

/** Says each new step once. @throws CliError when it takes too long, or another rollback has followed */
async function follow(
  place: Place,
  rollbackId: string,
  controlPlane: ControlPlane,
  say: (line: string) => void,
): Promise<End> {
  const until = Date.now() + LONGEST_MS;
  let said = '';
  while (Date.now() < until) {
    const status = await controlPlane.look(place);
    const found = status?.rollback ?? undefined;
    if (found !== undefined && found.rollbackId !== rollbackId)
      throw new CliError(`Another rollback has followed: ${found.sentence} See ${controlPlane.pageOf(place)}.`);
    if (found !== undefined && found.status !== 'under-way') return found;
    if (found !== undefined && found.sentence !== said) {
      said = found.sentence;
      say(said);
    }
    await pause(POLL_MS);
  }
  throw new CliError(
    `The rollback is still under way after ${LONGEST_MS / 60_000} min. It goes on: see ${controlPlane.pageOf(place)}.`,
  );
}

function releaseCommand({ model, environment }: Place): string {
  return `npm run -s mlops -- release --model ${model} --environment ${environment} --reason "…"`;
}
