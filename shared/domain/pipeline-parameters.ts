import type { PipelineDefinition } from './pipeline-definition.ts';
import type { Policy } from './policy.ts';
import { dataNameOf } from './reserved-parameters.ts';

type Given = {
  definition: Pick<PipelineDefinition, 'Parameters'>;
  policy: Pick<Policy, 'pipeline'>;
  /** Prefix of the verified files of the bundle. */
  codeUri: string;
  /** By name, in the order of the policy's `data`; the first one is `DataUri`. */
  data: readonly { name: string; uri: string }[];
  /** Prefix for all that this training writes. */
  outputUri: string;
  /** The live version's archive, or `…/none`. */
  championUri: string;
  images: { processing: string; training: string };
};

/**
 * The parameters of StartPipelineExecution: those that the definition declares and that have a value here. Values are always
 * texts. Prefixes carry no slash at their end.
 */
export function pipelineParametersOf(given: Given): Record<string, string> {
  const entries = given.definition.Parameters.map(({ Name }) => [Name, parameterValue(Name, given)] as const);
  return Object.fromEntries(entries.filter((entry): entry is readonly [string, string] => entry[1] !== undefined));
}

function parameterValue(
  name: string,
  { policy, codeUri, data, outputUri, championUri, images }: Given,
): string | undefined {
  const reserved: Readonly<Record<string, string | undefined>> = {
    CodeUri: withoutSlash(codeUri),
    OutputUri: withoutSlash(outputUri),
    DataUri: data[0] && withoutSlash(data[0].uri),
    ChampionUri: championUri,
    ProcessingImage: images.processing,
    TrainingImage: images.training,
  };
  if (Object.hasOwn(reserved, name)) return reserved[name];
  const dataName = dataNameOf(name);
  if (dataName !== undefined) {
    const source = data.find((entry) => entry.name === dataName);
    return source && withoutSlash(source.uri);
  }
  const own = policy.pipeline.parameters;
  return Object.hasOwn(own, name) ? String(own[name]) : undefined;
}

function withoutSlash(uri: string): string {
  return uri.replace(/\/+$/, '');
}
