import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { poll } from '../../../local/demo/poll.ts';
import type { Run } from '../../../shared/domain/run.ts';
import { type Author, authorAtWork } from './author.ts';
import { onlooker } from './onlooker.ts';
import { dataFolder, definition, evaluation, type Files, tinyRepository, training } from './tiny-repository.ts';

const world = onlooker();
const auc = (value: string) =>
  evaluation(`good["binary_classification_metrics"]["auc"]["value"] = ${value}\npath.write_text(json.dumps(good))`);

type Ending = { verdict?: 'inconclusive' | 'rejected'; reason: RegExp };

/** What is wrong, the files that differ from a repository whose candidate passes, and how it ends. */
const cases: [what: string, changes: Files, ending: Ending][] = [
  [
    'training exits with 1',
    { 'train.py': training('raise SystemExit("the data has no label")') },
    { reason: /^Step Train \(Training\) failed: AlgorithmError: .*the data has no label/ },
  ],
  [
    'training never ends',
    {
      'train.py': training('import time\nprint("still at it", flush=True)\ntime.sleep(3600)'),
      'pipeline.json': JSON.stringify(definition(5)),
    },
    { reason: /^Step Train \(Training\) .*MaxRuntimeExceeded/ },
  ],
  [
    'evaluation leaves no report',
    { 'evaluate.py': evaluation('pass') },
    { verdict: 'inconclusive', reason: /^evaluation\.json is missing: evaluate must leave it/ },
  ],
  [
    'the report is no JSON',
    { 'evaluate.py': evaluation('path.write_text("auc: 0.9")') },
    { verdict: 'inconclusive', reason: /^evaluation\.json is not JSON\.$/ },
  ],
  [
    'the report is larger than 1 MB',
    { 'evaluate.py': evaluation('path.write_text(json.dumps({**good, "rows": "x" * 1_100_000}))') },
    { verdict: 'inconclusive', reason: /^evaluation\.json has 11\d{5} bytes; at most 1048576 are read/ },
  ],
  [
    'a metric is NaN',
    { 'evaluate.py': auc('float("nan")') },
    { verdict: 'inconclusive', reason: /^binary_classification_metrics\.auc\.value is not a number \(NaN\)\.$/ },
  ],
  [
    'a metric is the text "NaN"',
    { 'evaluate.py': auc('"NaN"') },
    { verdict: 'inconclusive', reason: /^binary_classification_metrics\.auc\.value is not a number \(NaN\)\.$/ },
  ],
  [
    'a metric is absent',
    {
      'evaluate.py': evaluation('del good["binary_classification_metrics"]["auc"]\npath.write_text(json.dumps(good))'),
    },
    { verdict: 'inconclusive', reason: /^binary_classification_metrics\.auc\.value is missing from the report\.$/ },
  ],
  [
    'a metric is below its gate',
    { 'evaluate.py': auc('0.69') },
    { verdict: 'rejected', reason: /^binary_classification_metrics\.auc\.value is 0\.69; ≥ 0\.70 is needed\.$/ },
  ],
];

describe('a candidate', () => {
  let author: Author;
  const commits = new Map<string, string>();
  let withMovingData: string;
  let gate: string;
  const MOVING = dataFolder('moving');

  const pushed = async (message: string, files: Files): Promise<string> => {
    const sha = await author.push(message, files);
    await world.runOf(sha);
    return sha;
  };

  // One push after the other, each when the former has its run, since an older pipeline never follows a newer one; the runs go
  // their way side by side.
  beforeAll(async () => {
    author = await authorAtWork();
    await world.overwrite(`${dataFolder()}flights.csv`, '1,2\n');
    await world.overwrite(`${MOVING}flights.csv`, '1,2\n');
    gate = join(await mkdtemp(join(tmpdir(), 'mlops-gate-')), 'data-has-moved');
    const waiting = `import time\nwhile not os.path.exists(${JSON.stringify(gate)}): time.sleep(0.1)`;
    const slow = { 'train.py': training(waiting) };
    withMovingData = await pushed('Train on moving data', tinyRepository(slow, { data: MOVING }));
    for (const [what, changes] of cases)
      commits.set(what, await pushed(`See what happens when ${what}`, tinyRepository(changes)));
  }, 240_000);
  afterAll(async () => {
    await author.leave();
    await world.takeDataBack();
    await rm(dirname(gate), { recursive: true, force: true });
  });

  /** Status, issue and record of a run that went back say the same. */
  const expectRoutedBack = async (run: Run, reason: RegExp): Promise<string> => {
    expect(run.reasons[0]).toMatch(reason);
    expect(run.approval).toBeUndefined();
    const status = await world.stage.gitlab.statusOf(run.commit);
    expect(status).toMatchObject({ status: 'failed', target_url: `${world.urls.web}/runs/${run.runId}` });
    const issue = await world.issueOf(run);
    expect(issue).toMatchObject({ confidential: true, web_url: run.issueUrl });
    return issue?.description ?? '';
  };

  it('whose data changed while it trained is inconclusive', async () => {
    const runId = await world.runOf(withMovingData);
    await poll('The beginning of the training', async () => (await world.findRun(runId))?.training);
    await world.overwrite(`${MOVING}flights.csv`, '3,4\n');
    await writeFile(gate, '');
    const run = await world.runUntil(runId, 'routed-back');
    await expectRoutedBack(run, /^The data changed while the run trained/);
    expect(run.reasons[1]).toBe(
      'data flights: flight-delays/moving/flights.csv was overwritten after the run was accepted.',
    );
    expect(run.registered).toBeUndefined();
  }, 240_000);

  it.each(cases)(
    'goes back to its author when %s',
    async (what, _, { verdict, reason }) => {
      const run = await world.runUntil(await world.runOf(commits.get(what) ?? ''), 'routed-back');
      const issue = await expectRoutedBack(run, reason);
      expect(run.registered).toBeUndefined();
      if (verdict !== undefined) expect(await judged(run)).toBe(verdict);
      if (what.startsWith('training')) expect(issue).toMatch(/The last lines of the log of/);
      if (what === 'training never ends') expect(issue).toContain('still at it');
    },
    240_000,
  );

  const judged = async ({ runId }: Run) => {
    const { events } = await world.stage.outcome(runId);
    return events.find(({ type }) => type === 'evaluation-judged')?.detail?.verdict;
  };
});
