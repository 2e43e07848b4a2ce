import type { Deployment, Rollback } from './deployment.ts';
import { nameOf } from './describe-hold.ts';
import { cut } from './run-end.ts';
import { endpointPageOf } from './run-places.ts';

/** SNS takes subjects of less than 100 characters. */
const LONGEST_SUBJECT = 99;

/** The mail to on-call about a rollback that has ended: what serves now, what it means, what to do. */
export function writeRollbackNotice(
  { model, environment }: Pick<Deployment, 'model' | 'environment'>,
  rollback: Rollback,
  publicUrl: string,
): { subject: string; text: string } {
  const { from, to, status, reasons, reason } = rollback;
  const isDone = status === 'rolled-back';
  const lines = [
    isDone
      ? `${model} in ${environment} serves version ${to.version} again instead of version ${from.version}.`
      : `The rollback of ${model} in ${environment} from version ${from.version} to version ${to.version} failed.`,
    `Asked for by ${nameOf(rollback.by)}: ${reason}`,
    '',
    ...(isDone
      ? [
          'No run rolls out to this environment until somebody releases it. When the cause is mended:',
          `npm run -s mlops -- release --model ${model} --environment ${environment} --reason "…"`,
        ]
      : [
          'Why:',
          ...reasons.map((sentence) => `- ${sentence}`),
          '',
          'What to do: look at the page below and at the endpoint in SageMaker, then ask again. The environment is not held.',
        ]),
    '',
    `Endpoint: ${endpointPageOf(publicUrl, model, environment)}`,
    `Commits: ${from.commit.slice(0, 12)} (version ${from.version}), ${to.commit.slice(0, 12)} (version ${to.version})`,
  ];
  const mark = isDone ? 'rolled back' : 'rollback failed';
  return {
    subject: cut(`[${mark}] ${model} in ${environment}: version ${from.version} to ${to.version}`, LONGEST_SUBJECT),
    text: lines.join('\n'),
  };
}
