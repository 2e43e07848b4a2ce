import { readdir, stat, statfs } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { MetricBuffer, type Publish } from '../aws/metric-buffer.ts';
import type { MachineUse } from './model-worker.ts';
import { type ProcessUsage, readProcesses, usageBelow } from './process-usage.ts';

/** A variant, and what its containers use of the machine. */
type Instance = { endpoint: string; name: string; uses: MachineUse[] };
type Sample = { cpuSeconds: number; atMs: number };

const EVERY_MS = 10_000;
const MINUTE_MS = 60_000;

/**
 * What the workers use of this machine, in `/aws/sagemaker/Endpoints`: CPU in % of one core, memory and disk in % of what there is.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html#cloudwatch-metrics-endpoints
 */
export class InstanceMetrics {
  readonly #buffer: MetricBuffer;
  readonly #instances: () => Instance[];
  readonly #now: () => Date;
  readonly #timer: NodeJS.Timeout;
  /** Processor time is a sum since the start of a process, so a percentage needs the sample before. */
  #before = new Map<string, Sample>();

  constructor(instances: () => Instance[], publish: Publish, now: () => Date, log: (line: string) => void) {
    this.#instances = instances;
    this.#now = now;
    this.#buffer = new MetricBuffer(publish, now, log);
    this.#timer = setInterval(() => {
      this.sample().catch((error) => log(`The use of the machine could not be read: ${String(error)}`));
    }, EVERY_MS);
    this.#timer.unref();
  }

  /** Reads once what every worker uses. */
  async sample(processes?: ProcessUsage[]): Promise<void> {
    const running = this.#instances().filter(({ uses }) => uses.length > 0);
    if (running.length === 0) return;
    const all = processes ?? (await readProcesses());
    const former = this.#before;
    this.#before = new Map();
    for (const instance of running) await this.#measure(instance, all, former);
  }

  flush(): Promise<void> {
    return this.#buffer.flush();
  }

  close(): Promise<void> {
    clearInterval(this.#timer);
    return this.#buffer.close();
  }

  /** The sum over its containers, as the service has it. */
  async #measure({ endpoint, name, uses }: Instance, all: ProcessUsage[], former: Map<string, Sample>): Promise<void> {
    const used = uses.map(({ pid }) => usageBelow(pid, all));
    const cpuSeconds = used.reduce((sum, each) => sum + each.cpuSeconds, 0);
    const residentBytes = used.reduce((sum, each) => sum + each.residentBytes, 0);
    const atMs = this.#now().getTime();
    const key = uses.map(({ folder }) => folder).join();
    const before = former.get(key);
    this.#before.set(key, { cpuSeconds, atMs });
    if (before !== undefined && atMs > before.atMs) {
      const percent = (100 * 1000 * (cpuSeconds - before.cpuSeconds)) / (atMs - before.atMs);
      this.#add(endpoint, name, 'CPUUtilization', Math.max(0, percent));
    }
    const onDisk = await Promise.all(uses.map(({ folder }) => diskPercent(folder)));
    this.#add(endpoint, name, 'MemoryUtilization', (100 * residentBytes) / totalmem());
    this.#add(
      endpoint,
      name,
      'DiskUtilization',
      onDisk.reduce((sum, percent) => sum + percent, 0),
    );
  }

  #add(endpoint: string, variant: string, metric: string, percent: number): void {
    const at = Math.floor(this.#now().getTime() / MINUTE_MS) * MINUTE_MS;
    const dimensions: [string, string][] = [
      ['EndpointName', endpoint],
      ['VariantName', variant],
    ];
    this.#buffer.add({ metric, unit: 'Percent', at, dimensions }, Number(percent.toPrecision(4)));
  }
}

async function diskPercent(folder: string): Promise<number> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => stat(join(entry.parentPath, entry.name)));
    const bytes = (await Promise.all(files)).reduce((sum, { size }) => sum + size, 0);
    const disk = await statfs(folder);
    return (100 * bytes) / (disk.blocks * disk.bsize);
  } catch {
    return 0; // The worker has ended meanwhile, and its folder with it.
  }
}
