import * as z from 'zod';

type Refuse = (sentence: string) => never;
type Hash = Record<string, unknown>;

const asHash = (value: unknown): Hash | undefined => z.record(z.string(), z.unknown()).safeParse(value).data;
const isListOfText = (value: unknown) => z.array(z.string()).safeParse(value).success;
const ENVIRONMENT_NAME = /^[\w\-$ {}./]+$/;
const MOST_COPIES = 200;
const ARTIFACT_KEYS = [
  'access',
  'exclude',
  'expire_in',
  'expose_as',
  'name',
  'paths',
  'public',
  'reports',
  'untracked',
  'when',
];
const RULE_WHENS = ['on_success', 'on_failure', 'always', 'never', 'manual', 'delayed'];

/** Refuses parts of a job that GitLab would refuse, in its words; `refuse` puts the job's name before them. */
export function checkParts(job: Hash, refuse: Refuse): void {
  checkRules(job, refuse);
  checkArtifacts(job.artifacts, refuse);
  checkEnvironment(job.environment, refuse);
  if (job.variables !== undefined && !asHash(job.variables)) refuse(':variables config should be a hash');
  if (typeof job.parallel === 'number' && job.parallel < 1)
    refuse(':parallel config must be greater than or equal to 1');
  if (typeof job.parallel === 'number' && job.parallel > MOST_COPIES)
    refuse(`:parallel config must be less than or equal to ${MOST_COPIES}`);
  if (job.coverage !== undefined && !/^\/.+\/i?$/.test(String(job.coverage)))
    refuse(':coverage config must be a regular expression');
  if (job.allow_failure !== undefined && typeof job.allow_failure !== 'boolean' && !asHash(job.allow_failure))
    refuse(' allow failure should be a hash or a boolean value');
  for (const [name, token] of Object.entries(asHash(job.id_tokens) ?? {}))
    if (asHash(token)?.aud === undefined) refuse(`:id_tokens:${name} config missing required keys: aud`);
}

function checkRules(job: Hash, refuse: Refuse): void {
  if (job.rules === undefined) return;
  const beside = ['only', 'except'].filter((key) => key in job);
  if (beside.length > 0) refuse(` config key may not be used with \`rules\`: ${beside.join(', ')}`);
  if (!Array.isArray(job.rules)) refuse(':rules config should be an array of hashes');
  for (const rule of z.array(z.unknown()).parse(job.rules)) {
    const given = asHash(rule);
    if (!given) refuse(':rules config should be an array of hashes');
    if (given?.when !== undefined && !RULE_WHENS.includes(String(given.when)))
      refuse(`:rules:rule when unknown value: ${given.when}`);
  }
}

function checkArtifacts(value: unknown, refuse: Refuse): void {
  if (value === undefined) return;
  const artifacts = asHash(value) ?? refuse(':artifacts config should be a hash');
  const unknown = Object.keys(artifacts).filter((key) => !ARTIFACT_KEYS.includes(key));
  if (unknown.length > 0) refuse(`:artifacts config contains unknown keys: ${unknown.join(', ')}`);
  for (const key of ['paths', 'exclude'])
    if (artifacts[key] !== undefined && !isListOfText(artifacts[key]))
      refuse(`:artifacts ${key} should be an array of strings`);
}

function checkEnvironment(value: unknown, refuse: Refuse): void {
  if (value === undefined) return;
  const name =
    typeof value === 'string'
      ? value
      : (asHash(value) ?? refuse(':environment config should be a hash or a string')).name;
  if (typeof name !== 'string' || name === '') refuse(":environment name can't be blank");
  if (!ENVIRONMENT_NAME.test(String(name)) || /^\/|\/$/.test(String(name)))
    refuse(
      ":environment name can contain only letters, digits, '-', '_', '/', '$', '{', '}', '.', and spaces, but it cannot start or end with '/'",
    );
}
