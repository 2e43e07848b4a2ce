import { ContractBroken } from './faults.ts';

export type StageValues = { stage: string; accountId: string; region: string; rolePath: string };

/**
 * The value with `${stage}`, `${accountId}`, `${region}` and `${rolePath}` filled in, in every text at any depth.
 * @throws ContractBroken for a placeholder of another name
 */
export function fillPlaceholders<Value>(value: Value, stage: StageValues): Value;
export function fillPlaceholders(value: unknown, stage: StageValues): unknown {
  if (typeof value === 'string') return fillText(value, stage);
  if (Array.isArray(value)) return value.map((entry: unknown) => fillPlaceholders(entry, stage));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, fillPlaceholders(member, stage)]));
}

function fillText(text: string, stage: StageValues): string {
  const values: Readonly<Record<string, string>> = stage;
  return text.replaceAll(/\$\{([^}]*)\}/g, (_whole, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) {
      throw new ContractBroken(
        `An onboarding record names the placeholder \${${name}}: use stage, accountId, region or rolePath.`,
      );
    }
    return value;
  });
}
