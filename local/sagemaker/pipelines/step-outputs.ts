import type { OutputParameter } from '@aws-sdk/client-sagemaker';
import { isFields } from '../api/check-request.ts';
import type { Checked } from '../api/checked.ts';
import { ValidationException } from '../errors.ts';
import type { PipelineExecution } from '../state/records.ts';
import type { PipelinePlan, PlannedStep } from './definition.ts';
import { StepFailed } from './step-failed.ts';

type Outputs = Checked<OutputParameter>[];

/** The outputs that an answer brings must be the ones that the step declares, each of its type. @throws ValidationException */
export function requireDeclared(step: PlannedStep | undefined, given: Outputs): void {
  const declared = step?.outputs ?? [];
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

/** The declared outputs in what a function answered. A nested value is one text, as the service takes it. @throws StepFailed */
export function outputsIn(step: PlannedStep, answer: unknown): Outputs {
  return step.outputs.map(({ OutputName, OutputType }) => {
    const value = isFields(answer) && Object.hasOwn(answer, OutputName) ? answer[OutputName] : undefined;
    const text = typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value);
    if (value === undefined || value === null || typed(text, OutputType) === undefined) {
      throw new StepFailed(
        `ClientError: The Lambda function's answer has no output parameter '${OutputName}' of the type ${OutputType}.`,
      );
    }
    return { Name: OutputName, Value: text };
  });
}

/** What `Steps.<name>.OutputParameters['…']` leads to; undefined for a step that brings no outputs. */
export function outputProperties(execution: PipelineExecution, plan: PipelinePlan, name: string): unknown {
  const metadata = execution.steps.find((step) => step.name === name)?.metadata;
  const brought = metadata?.Callback ?? metadata?.Lambda;
  if (brought === undefined) return undefined;
  const declared = plan.steps.find((step) => step.name === name)?.outputs ?? [];
  const values = (brought.OutputParameters ?? []).map(({ Name, Value }) => {
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
