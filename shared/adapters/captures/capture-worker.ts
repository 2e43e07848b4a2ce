/** A thread that reads parts of capture files: start-workers.ts starts it and says which. */
import { parentPort, workerData } from 'node:worker_threads';
import { readCaptures } from '../../domain/drift/capture/read-captures.ts';
import { ContractBroken } from '../../domain/faults.ts';
import { type CapturePart, readPart } from './read-part.ts';
import type { PartAnswer, WorkerData } from './start-workers.ts';

const { sealed, options }: WorkerData = workerData;

parentPort?.on('message', async (part: CapturePart) => {
  parentPort?.postMessage(await answer(part));
});

async function answer(part: CapturePart): Promise<PartAnswer> {
  try {
    return { state: await readCaptures(readPart(part, noObjects), sealed, options) };
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    return { fault: name, message };
  }
}

function noObjects(): never {
  throw new ContractBroken('A thread reads files on disk only.');
}
