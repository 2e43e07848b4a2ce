import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ContainerLog, logTail, OWN_LINE } from '../../../../local/sagemaker/containers/container-log.ts';

let folder: string;
let path: string;
let shipped: string[];
let failures: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'log-'));
  path = join(folder, 'log');
  shipped = [];
  failures = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

const logs = {
  append: async (_group: string, _stream: string, lines: string[]) => {
    if (failures > 0) {
      failures -= 1;
      throw new Error('the local AWS is being restarted');
    }
    shipped.push(...lines);
  },
};
const open = (shipping: ConstructorParameters<typeof ContainerLog>[5] = {}) =>
  new ContainerLog(path, 'group', 'stream', logs, () => new Date(0), shipping);

describe('the log of a container', () => {
  it('is shipped in whole lines, the last one too', async () => {
    appendFileSync(path, 'one\ntwo\nthr');
    await open().close();
    expect(shipped).toEqual(['one', 'two', 'thr']);
  });

  it('is shipped in parts when it is long, and no line is torn', async () => {
    const lines = Array.from({ length: 60_000 }, (_, index) => `line ${index} ${'x'.repeat(100)}`);
    appendFileSync(path, lines.join('\n'));
    await open().close();
    expect(shipped).toEqual(lines);
  });

  it('shows each line to its observer once, also if it could not be shipped at first', async () => {
    const seen: string[] = [];
    appendFileSync(path, `${OWN_LINE}starting\nauc=1\n`);
    failures = 1;
    const log = open({ observe: (lines) => seen.push(...lines) });
    await log.close();
    appendFileSync(path, 'auc=2\n');
    await log.close();
    expect(seen).toEqual(['auc=1', 'auc=2']);
    expect(shipped).toEqual([`${OWN_LINE}starting`, 'auc=1', 'auc=2']);
  });

  it('goes on where a former run of the server has shipped it to', async () => {
    let place = 0;
    appendFileSync(path, 'one\ntwo\nhalf of th');
    const former = open({
      shipped: (bytes) => {
        place = bytes;
      },
    });
    await new Promise<void>((resolve) => setImmediate(resolve));
    appendFileSync(path, 'e third\n');
    await open({ from: place }).close();
    expect(shipped).toEqual(['one', 'two', 'half of the third']);
    await former.close();
  });

  it('ends with lines of the container, not of the server', () => {
    appendFileSync(path, `first\n${OWN_LINE}killed\nlast\n`);
    expect(logTail(path, 100)).toBe('first\nlast');
    expect(logTail(path, 6)).toBe('last');
  });
});
