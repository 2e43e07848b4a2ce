import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import * as z from 'zod';
import { venvFolder } from '../../../local/world/prepare-tools.ts';
import { projectRoot } from '../../../local/world/project-root.ts';

/** Asks the rules in local/aws/gaps, which know neither a clock nor a request, all cases at once. */
export function askGaps(cases: readonly object[]): unknown[] {
  const python = join(venvFolder, 'aws', 'bin', 'python3');
  const script = join(projectRoot, 'test', 'integration', 'local-world', 'ask-gaps.py');
  const env = { PYTHONPATH: join(projectRoot, 'local', 'aws'), PYTHONDONTWRITEBYTECODE: '1' };
  const answer = execFileSync(python, [script], { input: JSON.stringify(cases), env, encoding: 'utf8' });
  return z.array(z.unknown()).parse(JSON.parse(answer));
}
