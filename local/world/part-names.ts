/** The parts of the laptop's world, in the order in which they are listed. */
export const partNames = ['web', 'gitlab', 'inbox', 'aws', 'sagemaker'] as const;

export type PartName = (typeof partNames)[number];

export const partTitles: Readonly<Record<PartName, string>> = {
  web: 'the web front',
  gitlab: 'the GitLab stand-in',
  inbox: 'the inbox',
  aws: 'the local AWS',
  sagemaker: 'the local SageMaker',
};

/** For the beginning of a sentence. */
export const capitalised = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

export const isPartName = (name: string): name is PartName => partNames.some((part) => part === name);
