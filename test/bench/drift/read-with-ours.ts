/** `read-with-ours.mjs <baseline.json> <captures.jsonl> <threads>`: from the file to the verdict; prints what it measured as JSON. */
import { readFileSync, statSync } from 'node:fs';
import { readCaptureFiles } from '../../../shared/adapters/captures/read-capture-files.ts';
import { judgeWindow } from '../../../shared/domain/drift/judge-window.ts';
import { readBaseline } from '../../../shared/domain/drift/seal-baseline.ts';

const [baselineFile = '', captures = '', threads = '1'] = process.argv.slice(2);
const read = readBaseline(JSON.parse(readFileSync(baselineFile, 'utf8')));
if (read.outcome !== 'read') throw new Error(read.sentence);

const began = performance.now();
const before = process.cpuUsage();
const file = { place: captures, sizeBytes: statSync(captures).size };
const objects = () => {
  throw new Error('The file lies on disk.');
};
const workerFile = new URL('./capture-worker.mjs', import.meta.url);
const state = await readCaptureFiles([file], read.sealed, { threads: Number(threads), workerFile, objects });
const { rows, features } = judgeWindow(read.sealed, state, { alertShare: 0.3 });
const seconds = (performance.now() - began) / 1_000;
const { user, system } = process.cpuUsage(before);
const { maxRSS } = process.resourceUsage();
const [first] = features;
process.stdout.write(
  JSON.stringify({
    ...{ rows, seconds, cpuSeconds: (user + system) / 1e6, peakMegabytes: maxRSS / 1_024 },
    firstColumn: first?.kind === 'numeric' ? first.wassersteinOverSigma : null,
  }),
);
