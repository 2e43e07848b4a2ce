import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { SealedBaseline } from '../../domain/drift/baseline.ts';
import type { ReadOptions } from '../../domain/drift/capture/read-captures.ts';
import type { WindowState } from '../../domain/drift/window-state.ts';
import { NotFound, PermissionRefused, ServiceUnavailable } from '../../domain/faults.ts';
import type { CapturePart } from './read-part.ts';

export type PartReader = (part: CapturePart) => Promise<WindowState>;
export type WorkerData = { sealed: SealedBaseline; options: Pick<ReadOptions, 'window'> };
/** What a worker answers to a part. A class doesn't survive the way between threads, its name does. */
export type PartAnswer = { state: WindowState } | { fault: string; message: string };

/** A worker holds one buffer and one state: it needs no large heap. */
const HEAP_MB = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 512 };

export function startWorkers(file: URL, count: number, sealed: SealedBaseline, options: WorkerData['options']) {
  const workerData: WorkerData = { sealed, options };
  const workers = Array.from({ length: count }, () => new Worker(file, { workerData, resourceLimits: HEAP_MB }));
  return {
    readers: workers.map(
      (worker): PartReader =>
        (part) =>
          askWorker(worker, part),
    ),
    stop: () => Promise.all(workers.map((worker) => worker.terminate())),
  };
}

async function askWorker(worker: Worker, part: CapturePart): Promise<WindowState> {
  // Rejects when the worker ends with an error.
  const answered = once(worker, 'message');
  worker.postMessage(part);
  const [answer]: PartAnswer[] = await answered;
  if (answer === undefined) throw new ServiceUnavailable(`${part.place} was not read.`);
  if ('state' in answer) return answer.state;
  if (answer.fault === 'NotFound') throw new NotFound(answer.message);
  if (answer.fault === 'PermissionRefused') throw new PermissionRefused(answer.message);
  throw new ServiceUnavailable(answer.message);
}
