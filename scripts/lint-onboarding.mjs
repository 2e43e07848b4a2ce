/** Checks onboarding/*.yaml: schema and placeholders of each record, and that no model or project has two. Prints findings; exit code 1 when there is one. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { load } from 'js-yaml';
import * as z from 'zod';
import { fillPlaceholders } from '../shared/domain/fill-placeholders.ts';
import { OnboardingRecord } from '../shared/domain/onboarding.ts';

const anyStage = { stage: 'dev', accountId: '000000000000', region: 'eu-central-1', rolePath: '/' };
const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'onboarding');
const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
const owners = new Map();
const findings = files.flatMap((file) => findingsOf(file).map((finding) => `onboarding/${file}: ${finding}`));

for (const finding of findings) process.stderr.write(`${finding}\n`);
if (findings.length === 0) process.stdout.write(`Onboarding records: ${files.length}, all sound.\n`);
process.exitCode = findings.length === 0 ? 0 : 1;

function findingsOf(file) {
  try {
    const record = OnboardingRecord.parse(
      fillPlaceholders(load(readFileSync(path.join(folder, file), 'utf8')), anyStage),
    );
    return [taken(`the model ${record.model}`, file), taken(`the project ${record.project.id}`, file)].filter(Boolean);
  } catch (error) {
    return [error instanceof z.ZodError ? z.prettifyError(error) : error.message];
  }
}

/** The finding when another record has this already. */
function taken(what, file) {
  const owner = owners.get(what);
  owners.set(what, file);
  return owner && `${what} stands in ${owner} as well; it can have one record only.`;
}
