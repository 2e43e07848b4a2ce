import type { OutputParameter } from '@aws-sdk/client-sagemaker';
import type { Checked } from '../api/checked.ts';
import { ValidationException } from '../errors.ts';
import type { PipelineExecution } from '../state/records.ts';
import type { PipelinePlan, PlannedStep } from './definition.ts';

/** The outputs that an answer brings must be the ones that the step declares, each of its type. @throws ValidationException */
export function requireDeclared(step: PlannedStep | undefined, given: Checked<OutputParameter>[]): void {
  const declared = step?.callback?.outputs ?? [];
  const stranger = given.find((each) => !declared.some((output) => output.OutputName === each.Name));
  if (stranger !== undefined)
    throw new ValidationException(`The step ${step?.name} declares no output parameter '${stranger.Name}'.`);
  for (const { OutputName, OutputType } of declared) {
    const value = given.find((each) => each.Name === OutputName)?.Value;
    if (value === undefined || typed(value, OutputType) === undefined) {
      throw new ValidationException(
        `The step ${step?.name} declares the output parameter '${OutputName}' of the type ${OutputType}; ${value === undefined ? 'none' : `'${value}'`} was given.`,
      );
    }
  }
}

/** What `Steps.<name>.OutputParameters['…']` leads to; undefined for a step of another type. */
export function callbackProperties(execution: PipelineExecution, plan: PipelinePlan, name: string): unknown {
  const callback = execution.steps.find((step) => step.name === name)?.metadata.Callback;
  if (callback === undefined) return undefined;
  const declared = plan.steps.find((step) => step.name === name)?.callback?.outputs ?? [];
  const values = (callback.OutputParameters ?? []).map(({ Name, Value }) => {
    const type = declared.find((output) => output.OutputName === Name)?.OutputType ?? 'String';
    return [Name, typed(Value, type)];
  });
  return { OutputParameters: Object.fromEntries(values) };
}

function typed(text: string, type: string): string | number | boolean | undefined {
  if (type === 'String') return text;
  if (type === 'Boolean') return /^(true|false)$/i.test(text) ? text.toLowerCase() === 'true' : undefined;
  const number = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isNaN(number) || (type === 'Integer' && !Number.isInteger(number))) return undefined;
  return number;
}
