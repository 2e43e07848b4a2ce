import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Images, repositoryOf } from '../../../../local/sagemaker/containers/images.ts';
import { requirePython } from '../../../../local/sagemaker/jobs/images.ts';

let folder: string;
let python: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'images-'));
  python = join(folder, 'python3');
  symlinkSync(process.execPath, python);
});
afterEach(() => rmSync(folder, { recursive: true }));

const images = (own?: string) => new Images({ stateFolder: folder, python, images: own });

describe('images', () => {
  it.each([
    ['000000000000.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-scikit-learn:1.4-2-cpu-py3', true],
    ['registry.local:5000/mirror/sagemaker-scikit-learn@sha256:abc', true],
    ['public.ecr.aws/docker/library/python:3.12-slim', true],
    ['python', true],
    ['sagemaker-scikit-learn-evil:1', false],
    ['somewhere/pytorch:2', false],
    ['constructor', false],
  ])('are known by their repository: %s', (image, known) => {
    expect(images().pythonOf(image) !== undefined).toBe(known);
  });

  it('run plain Python with the one that the environment of jobs was made from', () => {
    expect(images().pythonOf('python:3')).toBe(realpathSync(process.execPath));
    expect(images().pythonOf('sagemaker-scikit-learn:1')).toBe(python);
  });

  it('can be added in images.json, which is read anew each time, and by a variable', () => {
    const known = images(JSON.stringify({ mine: process.execPath }));
    expect(known.pythonOf('registry/mine:1')).toBe(process.execPath);
    expect(known.pythonOf('registry/other:1')).toBeUndefined();
    writeFileSync(join(folder, 'images.json'), JSON.stringify({ other: process.execPath }));
    expect(known.pythonOf('registry/other:1')).toBe(process.execPath);
  });

  it.each([
    ['no JSON', 'must be a JSON object such as'],
    ['{"mine": 3}', 'must be a JSON object such as'],
    ['{"mine": "bin/python3"}', 'the absolute path of the Python'],
  ])('say what is wrong with %s', (text, words) => {
    expect(() => images(text)).toThrow(words);
  });

  it('fail a job with a sentence: an unknown one, and one whose Python is gone', () => {
    expect(() => requirePython(images(), 'somewhere/pytorch:2')).toThrow(
      'ClientError: Cannot find requested image: somewhere/pytorch:2. Please check whether the image exists: images of sagemaker-scikit-learn, python run here.',
    );
    expect(() => requirePython(images('{"mine": "/nowhere/python3"}'), 'mine')).toThrow(
      'ClientError: The image mine is to run with /nowhere/python3, which does not exist.',
    );
  });

  it('have a repository without registry, path, tag and digest', () => {
    expect(repositoryOf('host:5000/a/b/c:1@sha256:d')).toBe('c');
  });
});
