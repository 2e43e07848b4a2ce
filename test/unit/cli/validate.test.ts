import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startFolder } from '../../../cli/terminal.ts';
import { runMlops } from './terminal.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const onboarding = join(root, 'onboarding', 'flight-delays.yaml');
const withFloors = ['--onboarding', onboarding, '--stage', 'local'];

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mlops-validate-'));
  for (const file of ['mlops.yaml', 'pipeline.json', 'golden.jsonl'])
    cpSync(join(root, 'ml', 'flight-delays', file), join(folder, file));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function replaceIn(file: string, search: string, replacement: string): void {
  writeFileSync(join(folder, file), readFileSync(join(folder, file), 'utf8').replace(search, replacement));
}

describe('mlops validate', () => {
  it('says ok for the sample repository, with and without its onboarding record', async () => {
    expect(await runMlops(['validate', '--no-onboarding', folder])).toEqual({
      exitCode: 0,
      out: [expect.stringMatching(/^ok: flight-delays, 3 gates, 4 steps, environments dev → qa → prod$/)],
      error: [],
    });
    expect(await runMlops(['validate', ...withFloors], { cwd: folder })).toMatchObject({
      exitCode: 0,
      out: [expect.stringContaining("platform's floors")],
    });
  });

  it.each([
    [
      'mlops.yaml',
      'strategy: all-at-once }',
      'strategy: canary }',
      /^mlops\.yaml:\d+: environments\[0\]: strategy `canary` is not offered yet; use all-at-once\.$/,
    ],
    [
      'mlops.yaml',
      'min: 0.70',
      'min: 0.10',
      /^mlops\.yaml:\d+: evaluation\.gates\[0\] .* is weaker than the platform's floor/,
    ],
    [
      'mlops.yaml',
      'TrainingInstanceType',
      'TrainingInstance',
      /^mlops\.yaml:\d+: pipeline\.parameters\.TrainingInstance is not a parameter of pipeline\.json/,
    ],
    [
      'mlops.yaml',
      'parameters: { ',
      'parameters: { CodeUri: x, ',
      /^mlops\.yaml:\d+: pipeline\.parameters\.CodeUri is filled by the platform/,
    ],
    [
      'mlops.yaml',
      'definition: pipeline.json',
      'definition: other.json',
      /^other\.json: The file is missing: pipeline\.definition of mlops\.yaml names it\.$/,
    ],
    [
      'mlops.yaml',
      'golden.jsonl',
      'silver.jsonl',
      /^silver\.jsonl: The file is missing: smokeTest\.records of mlops\.yaml names it\.$/,
    ],
    [
      'pipeline.json',
      '"Type": "Training"',
      '"Type": "Lambda"',
      /^pipeline\.json:\d+: Steps\[1\] is of the type Lambda/,
    ],
    [
      'pipeline.json',
      '"HyperParameters": {',
      '"RoleArn": "r", "HyperParameters": {',
      /^pipeline\.json:\d+: Steps\[1\]\.Arguments\.RoleArn brings a role of its own/,
    ],
    ['pipeline.json', '{', '[', /^pipeline\.json:1: The definition is not JSON/],
    ['golden.jsonl', '"body"', '"text"', /^golden\.jsonl:1: The line is not/],
  ])('names what is wrong in %s (%s → %s) with its line, and fails', async (file, search, replacement, line) => {
    replaceIn(file, search, replacement);
    const { exitCode, out, error } = await runMlops(['validate', folder, ...withFloors]);
    expect({ exitCode, out, error }).toEqual({ exitCode: 1, out: [], error: [expect.stringMatching(line)] });
  });

  it('knows the floors of the models that the platform has onboarded, and leaves them out when it is told to', async () => {
    replaceIn('mlops.yaml', 'min: 0.70', 'min: 0.10');
    const weaker = expect.stringMatching(/^mlops\.yaml:17: .* is weaker than the platform's floor/);
    expect(await runMlops(['validate', folder])).toEqual({ exitCode: 1, out: [], error: [weaker] });
    expect((await runMlops(['validate', folder, '--no-onboarding'])).exitCode).toBe(0);
    replaceIn('mlops.yaml', 'model: flight-delays', 'model: other');
    expect((await runMlops(['validate', folder])).exitCode).toBe(0);
  });

  it('judges where data lies once it knows the stage', async () => {
    replaceIn('mlops.yaml', 's3://mlops-data-local/', 's3://mlops-data-other/');
    expect((await runMlops(['validate', folder])).exitCode).toBe(0);
    const outside = expect.stringContaining("lies outside the model's data locations");
    expect((await runMlops(['validate', folder, '--stage', 'local'])).error).toEqual([outside]);
    expect((await runMlops(['validate', folder], { env: { MLOPS_STAGE: 'other' } })).exitCode).toBe(0);
  });

  it('gives the line of the definition where the problem stands', async () => {
    replaceIn('pipeline.json', '"HyperParameters": {', '"RoleArn": "r", "HyperParameters": {');
    const line =
      readFileSync(join(folder, 'pipeline.json'), 'utf8')
        .split('\n')
        .findIndex((text) => text.includes('RoleArn')) + 1;
    const { error } = await runMlops(['validate', folder]);
    expect(error[0]).toMatch(new RegExp(`^pipeline\\.json:${line}: `));
  });

  it('shows the problems of policy, definition and golden file together', async () => {
    replaceIn('mlops.yaml', 'min: 0.70', 'min: 0.10');
    replaceIn('pipeline.json', '"HyperParameters": {', '"Tags": [], "HyperParameters": {');
    replaceIn('golden.jsonl', '"body"', '"text"');
    expect((await runMlops(['validate', folder, ...withFloors])).error).toHaveLength(3);
  });

  it('says so when there is no mlops.yaml, no folder, no record, or a record without a stage', async () => {
    rmSync(join(folder, 'mlops.yaml'));
    expect((await runMlops(['validate', folder])).error).toEqual([
      'mlops.yaml: The file is missing: add it at the top of the repository.',
    ]);
    expect(await runMlops(['validate', join(folder, 'nowhere')])).toMatchObject({
      exitCode: 1,
      error: [expect.stringContaining('There is no folder')],
    });
    expect((await runMlops(['validate', folder, '--onboarding', 'nope.yaml', '--stage', 'x'])).error).toEqual([
      expect.stringContaining('There is no onboarding record'),
    ]);
    expect((await runMlops(['validate', folder, '--onboarding', onboarding])).error).toEqual([
      expect.stringContaining('give it with --stage'),
    ]);
    writeFileSync(join(folder, 'record.yaml'), 'model: x\n');
    expect(
      (await runMlops(['validate', folder, '--onboarding', join(folder, 'record.yaml'), '--stage', 'x'])).error,
    ).toEqual([expect.stringContaining('is not as agreed')]);
    writeFileSync(join(folder, 'record.yaml'), 'model: [x\n');
    expect(
      (await runMlops(['validate', folder, '--onboarding', join(folder, 'record.yaml'), '--stage', 'x'])).error,
    ).toEqual([expect.stringContaining('is not YAML')]);
  });
});

describe('the command line', () => {
  it('shows its commands with --help and fails without a command', async () => {
    const help = await runMlops(['--help']);
    expect(help).toMatchObject({ exitCode: 0, error: [] });
    expect(help.out.join('\n')).toMatch(/validate[\s\S]*bundle/);
    expect((await runMlops([])).exitCode).toBe(1);
  });

  it.each([
    [['unknown']],
    [['validate', '--nope']],
    [['validate', 'a', 'b']],
  ])('refuses %j in words', async (commandLine) => {
    const { exitCode, error } = await runMlops(commandLine);
    expect(exitCode).toBe(1);
    expect(error.join('\n')).toContain('error:');
  });

  it('starts from the folder in which somebody typed npm run mlops', () => {
    expect(startFolder({ npm_lifecycle_event: 'mlops', INIT_CWD: '/home/dana/flights' }, '/opt/mlops')).toBe(
      '/home/dana/flights',
    );
    expect(startFolder({ npm_lifecycle_event: 'local', INIT_CWD: '/home/dana' }, '/builds/17')).toBe('/builds/17');
    expect(startFolder({}, '/builds/17')).toBe('/builds/17');
  });
});
