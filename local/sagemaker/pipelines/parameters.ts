import type { Parameter } from '@aws-sdk/client-sagemaker';
import type { Checked } from '../api/checked.ts';
import { ValidationException } from '../errors.ts';
import type { DefinedParameter } from './step-schema.ts';

type Given = Checked<Parameter>[];
type Value = string | number | boolean;

/** The parameters of one execution, given ones before defaults. @throws ValidationException for unknown, missing or ill-typed ones */
export function parametersFor(defined: DefinedParameter[], given: Given): Given {
  const twice = given.find(({ Name }, index) => given.findIndex((each) => each.Name === Name) !== index);
  if (twice !== undefined) throw new ValidationException(`The parameter ${twice.Name} is given twice.`);
  const values = new Map(given.map((parameter) => [parameter.Name, parameter.Value]));
  const unknown = [...values.keys()].filter((name) => !defined.some((parameter) => parameter.Name === name));
  if (unknown.length > 0)
    throw new ValidationException(
      `Unknown parameters: ${unknown.join(', ')}. The pipeline definition doesn't declare them.`,
    );
  const missing = defined.filter((parameter) => parameter.DefaultValue === undefined && !values.has(parameter.Name));
  if (missing.length > 0) {
    const names = missing.map((parameter) => parameter.Name).join(', ');
    throw new ValidationException(`Parameters without a default value must be given: ${names}.`);
  }
  return defined.map((parameter) => {
    const value = values.get(parameter.Name) ?? String(parameter.DefaultValue);
    typed(parameter, value);
    return { Name: parameter.Name, Value: value };
  });
}

/** Parameter values come as text; in the arguments they have the declared type. */
export function typedParameters(defined: DefinedParameter[], values: Given): Record<string, Value> {
  const texts = new Map(values.map((parameter) => [parameter.Name, parameter.Value]));
  return Object.fromEntries(
    defined.map((parameter) => [parameter.Name, typed(parameter, texts.get(parameter.Name) ?? '')]),
  );
}

function typed(parameter: DefinedParameter, text: string): Value {
  if (parameter.EnumValues !== undefined && !parameter.EnumValues.map(String).includes(text)) {
    throw new ValidationException(
      `The parameter ${parameter.Name} must be one of ${parameter.EnumValues.join(', ')}; '${text}' was given.`,
    );
  }
  const bad = new ValidationException(
    `The parameter ${parameter.Name} has the type ${parameter.Type}; '${text}' was given.`,
  );
  switch (parameter.Type) {
    case 'String':
      return text;
    case 'Boolean':
      if (!/^(true|false)$/i.test(text)) throw bad;
      return text.toLowerCase() === 'true';
    case 'Integer':
      if (!/^[+-]?\d+$/.test(text)) throw bad;
      return Number(text);
    case 'Float':
      if (text.trim() === '' || Number.isNaN(Number(text))) throw bad;
      return Number(text);
  }
}
