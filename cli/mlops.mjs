#!/usr/bin/env node
/** Starts the command `mlops` from its bundle, which `npm ci` makes. */
import { existsSync } from 'node:fs';

const bundle = new URL('../.build/cli.mjs', import.meta.url);
if (existsSync(bundle)) {
  await import(bundle.href);
} else {
  process.stderr.write('The command is not built yet: run `npm run prepare` in the folder of mlops-at-scale.\n');
  process.exitCode = 1;
}
