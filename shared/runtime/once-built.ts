import { type Environment, readEnvironment } from './environment.ts';

/** Dependencies are built once per cold start, on the first call, so that a wrong environment is an error of the call. */
export function onceBuilt<Dependencies>(build: (environment: Environment) => Dependencies): () => Dependencies {
  let built: Dependencies | undefined;
  return () => {
    built ??= build(readEnvironment());
    return built;
  };
}
