import { EnvironmentName, ModelName } from '../shared/domain/identifiers.ts';
import { readReason } from '../shared/domain/read-reason.ts';
import type { ConnectionOptions, Place } from './control-plane.ts';
import { UsageError } from './usage-error.ts';

export type OperationOptions = ConnectionOptions & { model: string; environment: string; reason: string };

/** What is asked for, checked before anybody is asked. @throws UsageError */
export function readOperation({ model, environment, reason }: OperationOptions): { place: Place; reason: string } {
  const wrong = [
    !ModelName.safeParse(model).success && `--model ${model} is no name of a model.`,
    !EnvironmentName.safeParse(environment).success && `--environment ${environment} is no name of an environment.`,
  ].filter((sentence) => sentence !== false);
  const read = readReason(reason);
  if ('problem' in read) wrong.push(`--reason: ${read.problem}`);
  if (wrong.length > 0 || 'problem' in read) throw new UsageError(wrong.join(' '));
  return { place: { model, environment }, reason: read.reason };
}
