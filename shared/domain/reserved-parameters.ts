/** Parameters of a pipeline that the platform fills; a definition declares those that it uses, as String without a default. */
export const REQUIRED_PARAMETERS = ['CodeUri', 'OutputUri'] as const;

const FIXED = [...REQUIRED_PARAMETERS, 'DataUri', 'ChampionUri', 'ProcessingImage', 'TrainingImage'];

/** The second and later `data` entries of the policy come as `DataUri_<name>`. */
const NAMED_DATA = /^DataUri_(.+)$/;

export function isReserved(name: string): boolean {
  return FIXED.includes(name) || NAMED_DATA.test(name);
}

/** The `data` entry that a parameter `DataUri_<name>` stands for; `undefined` for every other parameter. */
export function dataNameOf(parameter: string): string | undefined {
  return NAMED_DATA.exec(parameter)?.[1];
}
