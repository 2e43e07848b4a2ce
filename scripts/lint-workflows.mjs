/** Checks every file of statemachines/: the language's schema, and our own rules. Prints findings; exit code 1 when there is one. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import validator from 'asl-validator';
import { load } from 'js-yaml';
import { lintWorkflow } from './workflow-rules.mjs';

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'statemachines');
const files = readdirSync(folder).filter((file) => file.endsWith('.asl.yaml'));
const findings = files.flatMap((file) => {
  const machine = load(readFileSync(path.join(folder, file), 'utf8'));
  return [...bySchema(machine), ...lintWorkflow(machine)].map((finding) => `statemachines/${file}: ${finding}`);
});

for (const finding of findings) process.stderr.write(`${finding}\n`);
if (findings.length === 0) process.stdout.write(`${files.length} workflows are sound.\n`);
process.exitCode = findings.length === 0 ? 0 : 1;

/** ARNs come in at deployment, so placeholders stand where the validator would look for them. */
function bySchema(machine) {
  const { isValid, errors } = validator(machine, { checkArn: false, checkPaths: true });
  if (isValid) return [];
  return errors.map(
    (error) => `${error.Message ?? error.message}${error.schemaError ? ` (${error.schemaError.instancePath})` : ''}`,
  );
}
