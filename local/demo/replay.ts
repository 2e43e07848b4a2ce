import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { mlPython } from '../world/prepare-tools.ts';
import { projectRoot } from '../world/project-root.ts';
import type { Scene } from './acts.ts';
import { MODEL } from './stage.ts';

const run = promisify(execFile);

export const FIRST_QUARTER = 'data/flight-delays/flights-2013-q1.csv.gz';
export const JULY = 'data/later/flights-2013-07.csv.gz';

const ROWS_A_REQUEST = 10;
const REQUESTS_AT_ONCE = 4;
const ROWS_A_LINE = 500;

/** The span of a replay, as a monitoring window holds it: its end is exclusive. */
export type Span = { from: string; to: string };

/**
 * Sends real flights, drawn at random, to the prod endpoint through the runtime API. Answers with the span in which they were
 * answered, whole seconds, as captures carry their time.
 */
export async function replay(
  { stage, say }: Pick<Scene, 'stage' | 'say'>,
  { file, rows, seed, what }: { file: string; rows: number; seed: number; what: string },
): Promise<Span> {
  const requests = chunksOf(await drawRows(file, rows, seed), ROWS_A_REQUEST);
  const endpointName = await stage.prodEndpoint();
  await nextSecond();
  const from = wholeSecond(Date.now());
  let answered = 0;
  const send = async (): Promise<void> => {
    for (let request = requests.pop(); request !== undefined; request = requests.pop()) {
      await stage.invoke(endpointName, request.join('\n'));
      answered += request.length;
      if (answered % ROWS_A_LINE === 0) say(`${answered} of ${rows} ${what} answered by ${endpointName}`);
    }
  };
  await Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, send));
  await nextSecond();
  return { from, to: wholeSecond(Date.now()) };
}

/** Two windows never share a second, because captures know no finer time. */
async function nextSecond(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1000 - (Date.now() % 1000) + 20));
}

function wholeSecond(time: number): string {
  return new Date(Math.floor(time / 1000) * 1000).toISOString();
}

/** The sample's own script knows the columns and their codes. */
async function drawRows(file: string, rows: number, seed: number): Promise<string[]> {
  const options = ['-m', 'data.draw_requests', file, '--rows', String(rows), '--seed', String(seed)];
  const { stdout } = await run(mlPython, options, {
    cwd: join(projectRoot, 'ml', MODEL),
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  });
  return stdout.trimEnd().split('\n');
}

function chunksOf<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
