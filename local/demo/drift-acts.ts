import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Case } from '../../shared/domain/case.ts';
import type { MonitorWindow } from '../../shared/domain/monitor-window.ts';
import type { Run } from '../../shared/domain/run.ts';
import { people } from '../world/people.ts';
import { projectRoot } from '../world/project-root.ts';
import { WorldError } from '../world/world-error.ts';
import { decideAs, expect, goodCommit, type Scene } from './acts.ts';
import { monitorOf } from './monitor.ts';
import { FIRST_QUARTER, JULY, replay } from './replay.ts';
import { MODEL } from './stage.ts';

/** Above the thousand rows from which on a verdict is firm. */
const ROWS = 1500;
const ENVIRONMENT = 'prod';

/** A window that the demo let the monitor judge, and what the traffic was. */
export type Look = { traffic: string; window: MonitorWindow };

/** The model is live in prod: an earlier demo has left it so, or a first good commit goes all the way. */
export async function beLive(scene: Scene): Promise<void> {
  const live = (await scene.stage.deployments()).find(({ environment }) => environment === ENVIRONMENT)?.live;
  if (live) return scene.say(`v${live.version} is live in prod`);
  const reason = 'Better than nothing live, and every gate passed.';
  await goodCommit(scene, decideAs(people.steward1.username, scene, { outcome: 'approved', reason }));
  scene.say('live in dev, qa and prod, and watched from now on');
}

/** Flights as the model was trained on: the monitor finds nothing. */
export async function usualTraffic(scene: Scene, seed: number): Promise<Look> {
  const traffic = 'first quarter';
  const window = await lookAt(scene, { file: FIRST_QUARTER, traffic, seed });
  expect(window.verdict === 'ok', `The traffic of the first quarter should be ok and is ${window.verdict}.`);
  scene.say(`ok: none of the features has drifted in ${window.rows} rows`);
  return { traffic, window };
}

/** Flights of July: the monitor says so, the alarm goes off, on-call gets a mail, and a case opens. */
export async function driftedTraffic(scene: Scene): Promise<{ look: Look; opened: Case }> {
  const look = await julyTraffic(scene, 1);
  const monitor = monitorOf(scene.world);
  const [alarm, subject, opened] = await Promise.all([monitor.alarmRaised(), monitor.alarmMail(), monitor.openCase()]);
  expect(subject.length > 0, `${alarm} is in ALARM, but no mail says so.`);
  const issue = (await scene.stage.gitlab.issues()).find(({ iid }) => iid === opened.issue?.iid);
  expect(issue?.confidential === true, `The issue of the case should be confidential: ${opened.issue?.webUrl}.`);
  expect(
    issue?.description.includes('/uploads/') === true,
    `The report should be attached to the issue: ${opened.issue?.webUrl}.`,
  );
  scene.say(`${alarm} is in ALARM, mail "${subject}", issue ${opened.issue?.webUrl}`);
  return { look, opened };
}

/** July's flights with their labels are there now: what the policy promises is that the model trains again on its own. */
export async function retrain(scene: Scene, { caseId }: Case): Promise<{ look: Look; run: Run }> {
  const { stage, say } = scene;
  await new S3Client({ forcePathStyle: true }).send(
    new PutObjectCommand({
      Bucket: 'mlops-data-local',
      Key: `${MODEL}/flights-2013-07.csv.gz`,
      Body: await readFile(join(projectRoot, 'ml', MODEL, JULY)),
    }),
  );
  const look = await julyTraffic(scene, 2);
  const { runId } = await monitorOf(scene.world).retraining(caseId);
  say(`run ${runId} trains v${look.window.version}'s commit again, on July's flights too`);
  const run = await stage.runUntil(runId, ['awaiting-approval'], say);
  const reason = 'Knows summer weather now, and is no worse than the champion.';
  await decideAs(people.steward1.username, scene, { outcome: 'approved', reason })(await stage.reviewLink(run), run);
  return { look, run: await stage.runUntil(runId, ['live'], say) };
}

/** One command brings the former version back and holds the environment; another one releases it. */
export async function rollBackAndRelease(scene: Scene): Promise<void> {
  const [before, after] = await aroundRollback(scene);
  expect(
    after < before,
    `prod should serve an older version than v${before} after the rollback, and serves v${after}.`,
  );
  await mlops(scene, 'release', 'Looked at v2: it may come back with the next run.');
  scene.say(`rolled back from v${before} to v${after} by one command, and released`);
}

export async function recover(scene: Scene, { caseId }: Case): Promise<{ look: Look; closed: Case }> {
  const look = await usualTraffic(scene, 3);
  const closed = await monitorOf(scene.world).caseClosed(caseId);
  expect(closed.closedBy?.kind === 'recovery', 'The case should have closed because the windows recovered.');
  scene.say(`case ${caseId} has closed by itself`);
  return { look, closed };
}

async function julyTraffic(scene: Scene, seed: number): Promise<Look> {
  const traffic = 'July';
  const window = await lookAt(scene, { file: JULY, traffic, seed });
  expect(window.verdict === 'drifted', `The traffic of July should have drifted and is ${window.verdict}.`);
  return { traffic, window };
}

async function lookAt(scene: Scene, sent: { file: string; traffic: string; seed: number }): Promise<MonitorWindow> {
  const what = `flights of ${sent.traffic === 'July' ? 'July' : `the ${sent.traffic}`}`;
  const span = await replay(scene, { file: sent.file, rows: ROWS, seed: sent.seed, what });
  await allCaptured(scene);
  return monitorOf(scene.world).look(span, scene.say);
}

/** SageMaker delivers what it captured every two seconds here; a schedule leaves it five minutes. */
async function allCaptured({ say }: Scene): Promise<void> {
  say('waiting until all is captured');
  await new Promise((resolve) => setTimeout(resolve, CAPTURE_DELIVERY_MS));
}
const CAPTURE_DELIVERY_MS = 3_500;

async function aroundRollback(scene: Scene): Promise<[number, number]> {
  const before = await liveVersion(scene);
  await mlops(scene, 'rollback', 'v2 was trained on one month of summer only: look at it first.');
  return [before, await liveVersion(scene)];
}

async function liveVersion({ stage }: Scene): Promise<number> {
  const prod = (await stage.deployments()).find(({ environment }) => environment === ENVIRONMENT);
  if (!prod?.live) throw new WorldError('Nothing is live in prod.');
  return prod.live.version;
}

/** The command as a person types it, with the variables that `npm run -s local -- env` exports. */
function mlops({ world, say }: Scene, command: 'rollback' | 'release', reason: string): Promise<void> {
  const options = ['--model', MODEL, '--environment', ENVIRONMENT, '--reason', reason];
  const program = execFile(process.execPath, [join(projectRoot, 'cli', 'mlops.mjs'), command, ...options], {
    env: { ...process.env, ...world.environment },
  });
  let said = '';
  const hear = (chunk: unknown): void => {
    said += String(chunk);
    const line = said.trim().split('\n').at(-1);
    if (line) say(line);
  };
  program.stdout?.on('data', hear);
  program.stderr?.on('data', hear);
  return new Promise((resolve, reject) => {
    program.on('error', reject);
    program.on('exit', (code) =>
      code === 0 ? resolve() : reject(new WorldError(`mlops ${command} ended with exit code ${code}: ${said.trim()}`)),
    );
  });
}
