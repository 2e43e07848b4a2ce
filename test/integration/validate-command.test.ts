import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { projectRoot } from '../../local/world/project-root.ts';

const sample = join(projectRoot, 'ml', 'flight-delays');

type Outcome = { exitCode: number; out: string; error: string };

/** As people type it: `npm run -s mlops -- …`, in any folder. */
function mlops(...parameters: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const command = ['run', '--silent', '--prefix', projectRoot, 'mlops', '--', ...parameters];
    execFile('npm', command, { cwd: tmpdir() }, (error, out, errors) =>
      resolve({ exitCode: typeof error?.code === 'number' ? error.code : 0, out: out.trim(), error: errors.trim() }),
    );
  });
}

describe('npm run -s mlops -- validate', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mlops-validate-'));
    await cp(sample, folder, { recursive: true });
    await writeFile(join(folder, 'mlops.yaml'), 'apiVersion: mlops/v1\nmodel: Flight Delays\n');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('ends with 0 and one line for a sound repository', async () => {
    expect(await mlops('validate', sample)).toMatchObject({
      exitCode: 0,
      out: expect.stringMatching(
        /^ok: flight-delays, 3 gates, 4 steps, environments dev → qa → prod, at or above the platform's floors$/,
      ),
    });
  });

  it('ends with 1 and file, line and sentence of each problem', async () => {
    const { exitCode, out, error } = await mlops('validate', folder);
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' });
    expect(error).toMatch(/^mlops\.yaml:2: model/m);
  });

  it('ends with 1 and a sentence for a folder that there is not', async () => {
    const { exitCode, error } = await mlops('validate', join(folder, 'nowhere'));
    expect(exitCode).toBe(1);
    expect(error).toMatch(/There is no folder .*nowhere: name the folder of an ML repository\.$/m);
  });

  it('ends with 1 and the usage for a command that there is not', async () => {
    const { exitCode, error } = await mlops('approve', folder);
    expect(exitCode).toBe(1);
    expect(error).toMatch(/unknown command 'approve'/);
  });
});
