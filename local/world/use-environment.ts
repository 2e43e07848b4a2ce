/** Variables of a shell that would win over the keys of a world, or be sent with them. */
const inTheWay = ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE', 'AWS_SESSION_TOKEN'];

/** From here on, the clients of this process talk to the world, whatever account the shell was set up for. */
export function useEnvironment(environment: Readonly<Record<string, string>>): void {
  for (const name of inTheWay) delete process.env[name];
  Object.assign(process.env, environment);
}
