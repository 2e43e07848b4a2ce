/** `npm run docs:policy`: writes docs/policy-reference.md and docs/schema/mlops.schema.json from the schemas. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { policyJsonSchema, policyReference } from '../cli/policy-reference.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const schema = join(root, 'docs', 'schema', 'mlops.schema.json');

mkdirSync(dirname(schema), { recursive: true });
writeFileSync(join(root, 'docs', 'policy-reference.md'), policyReference());
writeFileSync(schema, JSON.stringify(policyJsonSchema()));
execFileSync(join(root, 'node_modules', '.bin', 'biome'), ['format', '--write', schema]);
