import type { Capture } from './policy.ts';

/** The same name in every configuration: SageMaker keeps the counts of variants whose name stays, and the monitor finds its records. */
export const VARIANT = 'main';

/** How long what was captured is kept stands first: the bucket's lifecycle has a rule for each of these prefixes. */
export function captureUriOf(
  captureBucket: string,
  { retainDays }: Pick<Capture, 'retainDays'>,
  model: string,
  environment: string,
): string {
  return `s3://${captureBucket}/keep-${retainDays}d/${model}/${environment}`;
}

/** Below which SageMaker puts the records of one hour: `<destination>/<endpoint>/<variant>/yyyy/mm/dd/hh/`. */
export function hourUriOf(destinationUri: string, endpointName: string, hourStart: string): string {
  return `${destinationUri}/${endpointName}/${VARIANT}/${hourStart.slice(0, 13).replaceAll(/[-T]/g, '/')}/`;
}
