import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import type { MetricDatum } from '@aws-sdk/client-cloudwatch';
import { InstanceMetrics } from '../../../../local/sagemaker/serving/instance-metrics.ts';
import { parsePs, parseStat, readProcesses, usageBelow } from '../../../../local/sagemaker/serving/process-usage.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'worker-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the use of the machine', () => {
  it('is summed over a process and all that descend from it', () => {
    const each = { cpuSeconds: 1, residentBytes: 10 };
    const processes = [
      { pid: 1, parent: 0, ...each },
      { pid: 2, parent: 1, ...each },
      { pid: 3, parent: 2, ...each },
      { pid: 4, parent: 1, ...each },
    ];
    expect(usageBelow(2, processes)).toEqual({ cpuSeconds: 2, residentBytes: 20 });
    expect(usageBelow(9, processes)).toEqual({ cpuSeconds: 0, residentBytes: 0 });
  });

  it('is read from /proc, also of a program with a bracket in its name', () => {
    const text = '7 (a) b) S 3 7 7 0 -1 4194304 1 2 3 4 250 50 0 0 20 0 1 0 99 1000 8 184';
    expect(parseStat(7, text, 4096)).toEqual({ pid: 7, parent: 3, cpuSeconds: 3, residentBytes: 8 * 4096 });
  });

  it('is read from ps where there is no /proc', () => {
    expect(parsePs('  7   3   1:02.50  2048\n 8 7 1-00:00:01 4\n')).toEqual([
      { pid: 7, parent: 3, cpuSeconds: 62.5, residentBytes: 2048 * 1024 },
      { pid: 8, parent: 7, cpuSeconds: 86_401, residentBytes: 4096 },
    ]);
  });

  it('of this process can be read', async () => {
    expect(usageBelow(process.pid, await readProcesses()).residentBytes).toBeGreaterThan(1_000_000);
  });

  it('is published in percent, CPU from the second sample on', async () => {
    const published: MetricDatum[] = [];
    let now = new Date('2026-11-23T16:00:00Z');
    const metrics = new InstanceMetrics(
      () => [
        { endpoint: 'flights', name: 'main', uses: [{ pid: 2, folder }] },
        { endpoint: 'flights', name: 'gone', uses: [] },
      ],
      async (data) => published.push(...data),
      () => now,
      () => {},
    );
    writeFileSync(join(folder, 'model'), 'x'.repeat(10_000));
    const used = (cpuSeconds: number) => [{ pid: 2, parent: 1, cpuSeconds, residentBytes: totalmem() / 4 }];
    await metrics.sample(used(1));
    now = new Date('2026-11-23T16:00:10Z');
    await metrics.sample(used(6));
    await metrics.close();
    const valuesOf = (name: string) => published.find(({ MetricName }) => MetricName === name)?.Values;
    expect(valuesOf('CPUUtilization')).toEqual([50]);
    expect(valuesOf('MemoryUtilization')).toEqual([25]);
    expect(valuesOf('DiskUtilization')?.[0]).toBeGreaterThan(0);
    expect(published[0]?.Dimensions).toEqual([
      { Name: 'EndpointName', Value: 'flights' },
      { Name: 'VariantName', Value: 'main' },
    ]);
  });
});
