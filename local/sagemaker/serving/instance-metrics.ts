import { readdir, stat, statfs } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { MetricBuffer, type Publish } from '../aws/metric-buffer.ts';
import { type ProcessUsage, readProcesses, usageBelow } from './process-usage.ts';

/** A variant's worker, as far as it uses the machine. */
type Instance = { endpoint: string; name: string; worker: { pid: number | undefined; folder: string } | undefined };
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
    const running = this.#instances().filter(({ worker }) => worker?.pid !== undefined);
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

  async #measure(
    { endpoint, name, worker }: Instance,
    all: ProcessUsage[],
    former: Map<string, Sample>,
  ): Promise<void> {
    if (worker?.pid === undefined) return;
    const { cpuSeconds, residentBytes } = usageBelow(worker.pid, all);
    const atMs = this.#now().getTime();
    const before = former.get(worker.folder);
    this.#before.set(worker.folder, { cpuSeconds, atMs });
    if (before !== undefined && atMs > before.atMs) {
      const percent = (100 * 1000 * (cpuSeconds - before.cpuSeconds)) / (atMs - before.atMs);
      this.#add(endpoint, name, 'CPUUtilization', Math.max(0, percent));
    }
    this.#add(endpoint, name, 'MemoryUtilization', (100 * residentBytes) / totalmem());
    this.#add(endpoint, name, 'DiskUtilization', await diskPercent(worker.folder));
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
