import { badRequest } from './api-error.ts';

const LONGEST_NAME = 255;

/** What GitLab says of a name that an environment can't have. */
export function requireEnvironmentName(name: string): void {
  const wrong = [
    ...(name.trim() === '' ? ["can't be blank"] : []),
    ...(name.length > LONGEST_NAME ? [`is too long (maximum is ${LONGEST_NAME} characters)`] : []),
    ...(/^[A-Za-z0-9_.${} -]([A-Za-z0-9_/.${} -]*[A-Za-z0-9_.${} -])?$/.test(name)
      ? []
      : [
          "can contain only letters, digits, '-', '_', '/', '$', '{', '}', '.', and spaces, but it cannot start or end with '/'",
        ]),
  ];
  if (wrong.length > 0) throw badRequest({ name: wrong });
}
