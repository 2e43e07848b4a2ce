import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { hostPath, ownFolder, readMessage } from '../../../../local/sagemaker/jobs/opt-ml.ts';

let root: string;
let optMl: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'opt-ml-'));
  optMl = join(root, 'opt-ml');
  mkdirSync(join(optMl, 'output'), { recursive: true });
  writeFileSync(join(root, 'secret'), 'of the host');
});
afterEach(() => rmSync(root, { recursive: true }));

describe('a path inside the container', () => {
  it('has its place below the folder of the job, or is refused', () => {
    const part = fc.constantFrom('opt', 'ml', '..', '.', 'data', '');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const path = `/opt/ml/${parts.join('/')}`;
        let place: string;
        try {
          place = hostPath({ root, optMl }, path);
        } catch (error) {
          return error instanceof Error && error.message.startsWith(`ClientError: LocalPath ${path} can't be used`);
        }
        return place === optMl || place.startsWith(`${optMl}/`);
      }),
    );
  });

  it('is not followed through a link that leads out', async () => {
    symlinkSync(root, join(optMl, 'model'));
    await expect(ownFolder({ root, optMl }, '/opt/ml/model')).rejects.toThrow('is a link that leads out of /opt/ml');
    symlinkSync(join(root, 'secret'), join(optMl, 'output', 'failure'));
    expect(readMessage({ root, optMl }, '/opt/ml/output/failure')).toBe('');
  });
});

describe('a message of the script', () => {
  it('is the first that says something, and one kilobyte of it', () => {
    const folder = { root, optMl };
    const read = () => readMessage(folder, '/opt/ml/output/failure', '/opt/ml/output/message');
    expect(read()).toBe('');
    writeFileSync(join(optMl, 'output', 'message'), 'x'.repeat(3000));
    expect(read()).toBe('x'.repeat(1024));
    writeFileSync(join(optMl, 'output', 'failure'), ' too few rows\n');
    expect(read()).toBe('too few rows');
    writeFileSync(join(optMl, 'output', 'failure'), '\n');
    expect(read()).toBe('x'.repeat(1024));
  });
});
