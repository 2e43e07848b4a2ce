import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { parsePolicyFile } from '../../../shared/adapters/policy-file.ts';
import { lineFinderOf } from '../../../shared/adapters/source-lines.ts';
import { type StartRetrainingDeps, startRetraining } from '../../../shared/application/start-retraining.ts';
import { canonicalJson, sha256Hex } from '../../../shared/domain/canonical-json.ts';
import type { Case } from '../../../shared/domain/case.ts';
import { countLooks } from '../../../shared/domain/case-changes.ts';
import { ServiceUnavailable } from '../../../shared/domain/faults.ts';
import { retrainingKeyOf, runIdOf } from '../../../shared/domain/names.ts';
import { fakeCases, fakeRetrainingLedgers } from '../../fakes/cases.ts';
import { fakeDeployments } from '../../fakes/deployments.ts';
import { fakeDocuments } from '../../fakes/documents.ts';
import { fakeExecutions } from '../../fakes/executions.ts';
import { fakeIssues, fakeIssueThreads, fakeSourceRepository } from '../../fakes/gitlab.ts';
import { fakeMonitorWindows } from '../../fakes/monitor-windows.ts';
import { fakeObjectStore } from '../../fakes/object-store.ts';
import { fakeOnboarding } from '../../fakes/onboarding.ts';
import { fakeRuns } from '../../fakes/runs.ts';
import { hourly, looks, sampleCase } from '../../fakes/sample-cases.ts';
import { COMMIT, NOON, sampleOnboarding, sampleRelease, sampleRun } from '../../fakes/sample-records.ts';

const sample = (path: string) => readFileSync(`ml/flight-delays/${path}`, 'utf8');
const cached = JSON.parse(sample('pipeline.json'));
for (const step of cached.Steps)
  if (step.Type === 'Training') step.CacheConfig = { Enabled: true, ExpireAfter: 'P30D' };
const RETRAIN = 'feedback:\n  retrain: { on: [drift], cooldown: P1D, maxPerWeek: 3 }\n';
const FILES: Record<string, string> = {
  'mlops.yaml': `${sample('mlops.yaml').replace(/^feedback:[^\n]*\n(?:[ #][^\n]*\n)*/m, '')}\n${RETRAIN}`,
  'pipeline.json': JSON.stringify(cached),
  'golden.jsonl': sample('golden.jsonl'),
  'train.py': 'print("train")\n',
};
const BUCKET = 'mlops-test';
const BUNDLE = `s3://${BUCKET}/bundles/17/${COMMIT}`;
const DATA = /s3:\/\/[^ }]+/.exec(FILES['mlops.yaml'] ?? '')?.[0] ?? '';
const RULES = { consecutive: 1, retrains: true };
const issue = { iid: 1, webUrl: 'https://gitlab.example.com/ml/flight-delays/-/issues/1' };

function runIdOfRetraining(number: number): string {
  return runIdOf(retrainingKeyOf(17, sampleCase().caseId, number, COMMIT));
}

async function makeWorld() {
  let now = NOON;
  let ids = 0;
  const documents = fakeDocuments(BUCKET);
  const objects = fakeObjectStore();
  const runs = fakeRuns();
  const deployments = fakeDeployments();
  const cases = fakeCases(undefined, () => now);
  const bundled = Object.fromEntries(Object.entries(FILES).map(([path, content]) => [path, sha256Hex(content)]));
  for (const [path, content] of Object.entries(FILES)) objects.put(`${BUNDLE}/${path}`, content);
  const manifest = { schema: 'mlops/bundle/v1', projectId: 17, commit: COMMIT, files: bundled };
  objects.put(`${BUNDLE}/manifest.json`, JSON.stringify(manifest));
  objects.put(`${DATA}q1.csv.gz`, 'q1');

  const parsed = parsePolicyFile(new TextEncoder().encode(FILES['mlops.yaml']));
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  const live = runs.put(
    sampleRun({
      status: 'live',
      endedAt: NOON,
      policy: await documents.write('documents/policy.json', canonicalJson(parsed.policy), 'application/json'),
      dataDigest: 'a'.repeat(64),
    }),
  );
  await deployments.prepare('flight-delays', 'prod', 'endpoint', { ...sampleRelease(live), fence: 1 });
  await deployments.conclude('flight-delays', 'prod', 1, live.runId);
  await cases.open(sampleCase({ runId: live.runId, issue, lastNoteOn: '2026-11-23', notedBreaches: 9 }), undefined);

  const deps = {
    cases,
    ledgers: fakeRetrainingLedgers(),
    deployments,
    documents,
    objects,
    runs,
    executions: fakeExecutions(),
    onboarding: fakeOnboarding(
      sampleOnboarding({
        dataLocations: [DATA],
        floors: { gates: [], fourEyes: true, quorum: 1, environments: ['dev', 'qa', 'prod'], capture: [] },
      }),
    ),
    repository: fakeSourceRepository({ files: { [COMMIT]: FILES } }),
    parsing: { parsePolicy: parsePolicyFile, lineFinderOf },
    issues: fakeIssues(),
    threads: fakeIssueThreads(),
    windows: fakeMonitorWindows(),
    bucket: BUCKET,
    publicUrl: 'https://mlops.example.com',
    newId: () => `worker-${++ids}`,
    now: () => now,
  } satisfies StartRetrainingDeps;

  const newest = async (): Promise<Case> => {
    const found = await cases.newest(sampleCase());
    if (found === undefined) throw new Error('no case');
    return found;
  };
  const dueAt = async (hour: number) => {
    const { caseId, model, environment, signal, version, openedAt, commit } = await newest();
    const base = { runId: live.runId, model, commit, occurredAt: NOON, caseId, environment, signal, version };
    return { ...base, openedAt, windowTo: hourly(hour).to };
  };
  return {
    ...deps,
    live,
    newest,
    dueAt,
    deps,
    /** A breach in that hour, and what comes of its wish for a retraining. */
    async breach(hour: number) {
      now = hourly(hour).to;
      await cases.change(await newest(), (current) => countLooks(current, looks('b'.repeat(hour + 1)), RULES, now));
      return startRetraining(await dueAt(hour), deps);
    },
    newData: (name: string) => objects.put(`${DATA}${name}`, name),
    notes: () => deps.threads.notes.map(({ body }) => body).filter((body) => !body.includes('It goes on')),
  };
}

let world: Awaited<ReturnType<typeof makeWorld>>;

beforeEach(async () => {
  world = await makeWorld();
});

describe('a retraining', () => {
  it('is a run of the live commit on the data of today, through the same lifecycle, without the step cache', async () => {
    const runId = runIdOfRetraining(1);
    expect(await world.breach(1)).toEqual({ outcome: 'started', runId });
    const run = await world.runs.get(runId);
    expect(run).toMatchObject({
      commit: COMMIT,
      status: 'training',
      sequence: 2,
      environments: ['dev', 'qa', 'prod'],
      triggeredBy: world.live.triggeredBy,
      pipelineId: world.live.pipelineId,
      origin: { kind: 'retraining', caseId: sampleCase().caseId, ofRunId: world.live.runId, issueUrl: issue.webUrl },
    });
    expect(run.dataDigest).not.toBe(world.live.dataDigest);
    if (run.definition === undefined) throw new Error('no definition');
    expect(Buffer.from(await world.documents.read(run.definition)).toString()).not.toContain('CacheConfig');
    expect([...world.executions.started.keys()]).toEqual([runId]);
    expect(world.notes()).toMatchObject([expect.stringContaining(`/runs/${runId}`)]);
    expect(world.runs.timeline.events).toMatchObject([
      {
        type: 'run-accepted',
        summary: expect.stringContaining('Retraining for case'),
        detail: { issueUrl: issue.webUrl },
      },
    ]);
  });

  it('is one run, however often its fact is delivered', async () => {
    await world.breach(1);
    await Promise.allSettled([1, 2, 3].map(async () => startRetraining(await world.dueAt(1), world.deps)));
    expect(await world.runs.listByModel('flight-delays', 10)).toHaveLength(2);
    expect((await world.newest()).retrainings).toHaveLength(1);
    expect(world.notes()).toHaveLength(1);
  });

  it('goes on where a crash between run and execution cut it off', async () => {
    const start = world.deps.executions.startLifecycle;
    world.deps.executions.startLifecycle = async () => {
      throw new ServiceUnavailable('Step Functions does not answer.');
    };
    await expect(world.breach(1)).rejects.toThrow(ServiceUnavailable);
    world.deps.executions.startLifecycle = start;
    expect(await startRetraining(await world.dueAt(1), world.deps)).toEqual({
      outcome: 'started',
      runId: runIdOfRetraining(1),
    });
    expect((await world.newest()).retrainings).toHaveLength(1);
  });

  it('is none on data that the live version has seen, and the case says so once', async () => {
    await world.breach(1);
    const first = await world.runs.get(runIdOfRetraining(1));
    world.runs.put({ ...first, status: 'routed-back', endedAt: NOON });
    expect(await world.breach(30)).toEqual({ outcome: 'unchanged-data' });
    expect(await world.breach(31)).toEqual({ outcome: 'unchanged-data' });
    expect(world.notes().filter((note) => note.includes('There is no retraining'))).toHaveLength(1);
    world.newData('july.csv.gz');
    expect(await world.breach(32)).toMatchObject({ outcome: 'started', runId: runIdOfRetraining(2) });
  });

  it('waits for another run of the model to end', async () => {
    const other = world.runs.put(sampleRun({ pipelineId: 102, sequence: 2, status: 'awaiting-approval' }));
    expect(await world.breach(1)).toMatchObject({ outcome: 'not-now', why: expect.stringContaining(other.runId) });
    world.runs.put({ ...other, status: 'routed-back' });
    expect(await world.breach(2)).toMatchObject({ outcome: 'started' });
  });

  it('follows a routed-back run of a newer pipeline all the same', async () => {
    world.runs.put(sampleRun({ pipelineId: 900, sequence: 5, status: 'routed-back' }));
    expect(await world.breach(1)).toMatchObject({ outcome: 'started' });
    expect((await world.runs.get(runIdOfRetraining(1))).sequence).toBe(6);
  });

  it('keeps to the cool-down, even on new data', async () => {
    await world.breach(1);
    world.runs.put({ ...(await world.runs.get(runIdOfRetraining(1))), status: 'routed-back' });
    world.newData('july.csv.gz');
    expect(await world.breach(20)).toMatchObject({ outcome: 'not-now', why: expect.stringContaining('cool-down') });
    expect((await world.newest()).retrainingWaits).toContain('cool-down');
    expect(await world.breach(25)).toMatchObject({ outcome: 'started' });
    expect(await world.newest()).not.toHaveProperty('retrainingWaits');
  });

  it('is refused with its reasons where the platform has become stricter', async () => {
    world.deps.onboarding = fakeOnboarding(
      sampleOnboarding({
        dataLocations: ['s3://mlops-data-elsewhere/'],
        floors: { gates: [], fourEyes: true, quorum: 1, environments: ['dev', 'qa', 'prod'], capture: [] },
      }),
    );
    expect(await world.breach(1)).toMatchObject({ outcome: 'started' });
    expect(await world.runs.get(runIdOfRetraining(1))).toMatchObject({ status: 'refused' });
    expect(world.executions.started.size).toBe(0);
  });

  it('is none for a case that is closed, silenced, stopped or followed by another', async () => {
    const change = async (changes: Partial<Case>) => {
      const current = await world.newest();
      await world.cases.change(current, (latest) => ({ ...latest, ...changes }));
    };
    await change({ retrainingWanted: hourly(1).to });
    const due = await world.dueAt(1);
    for (const changes of [
      { snoozedUntil: hourly(90).to },
      { retrainingStopped: 'No.' },
      { status: 'closed' as const },
    ]) {
      await change(changes);
      expect(await startRetraining(due, world.deps)).toMatchObject({ outcome: 'not-wanted' });
    }
    expect(await startRetraining({ ...due, caseId: '0'.repeat(20) }, world.deps)).toMatchObject({
      outcome: 'not-wanted',
    });
    expect(await world.runs.listByModel('flight-delays', 10)).toHaveLength(1);
  });
});
