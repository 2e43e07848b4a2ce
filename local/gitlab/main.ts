import { startGitlab } from './server.ts';
import { type GitlabConfig, GitlabSettingsError, readSettings } from './settings.ts';

function settingsOrExit(): GitlabConfig {
  try {
    return readSettings(process.env);
  } catch (error) {
    if (!(error instanceof GitlabSettingsError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}

function explain(error: unknown, port: number | undefined): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return `Port ${port} is taken. Choose another one with PORT, or end what listens there.`;
  return error instanceof Error ? error.message : String(error);
}

const settings = settingsOrExit();
try {
  const gitlab = await startGitlab(settings);
  console.log(`ready http://127.0.0.1:${gitlab.port}`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void gitlab.stop().then(() => process.exit(0)));
  }
} catch (error) {
  console.error(explain(error, settings.port));
  process.exit(1);
}
