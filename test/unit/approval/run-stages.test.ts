import { stagesOf } from '../../../shared/domain/run-stages.ts';
import { sampleEvent, sampleRun } from '../../fakes/sample-records.ts';

const run = sampleRun({ environments: ['dev', 'prod'] });
const inWords = (...parameters: Parameters<typeof stagesOf>) =>
  stagesOf(...parameters).map(({ name, state }) => `${name}: ${state}`);

describe('the stages of a run', () => {
  it('begin with training under way', () => {
    expect(inWords(run, [])).toEqual([
      'train: under-way',
      'judge: ahead',
      'register: ahead',
      'approve: ahead',
      'dev: ahead',
      'prod: ahead',
    ]);
  });

  it('end where a gate failed', () => {
    const events = [
      sampleEvent(run, { type: 'training-finished' }),
      sampleEvent(run, { type: 'evaluation-judged', detail: { verdict: 'rejected' } }),
    ];
    expect(inWords({ ...run, status: 'routed-back' }, events)).toEqual([
      'train: done',
      'judge: failed',
      'register: not-reached',
      'approve: not-reached',
      'dev: not-reached',
      'prod: not-reached',
    ]);
  });

  it('say where a parked run stopped', () => {
    const events = [
      sampleEvent(run, { type: 'training-finished' }),
      sampleEvent(run, { type: 'evaluation-judged', detail: { verdict: 'passed' } }),
    ];
    expect(inWords({ ...run, status: 'parked' }, events).slice(0, 4)).toEqual([
      'train: done',
      'judge: done',
      'register: stopped',
      'approve: ahead',
    ]);
  });

  it('show each environment for itself', () => {
    const approval = {
      decidedBy: run.triggeredBy,
      decidedAt: run.acceptedAt,
      packetSha256: 'a'.repeat(64),
      artifactSha256: 'b'.repeat(64),
      policySha256: 'c'.repeat(64),
    };
    const registered = {
      modelPackageArn: 'arn',
      version: 1,
      artifactUri: 's3://mlops-test/approved/x/model.tar.gz',
      artifactSha256: 'b'.repeat(64),
      image: 'i',
      goldenAnswers: { uri: 's3://mlops-test/g/x', versionId: 'v', sha256: 'e'.repeat(64) },
    };
    const training = sampleEvent(run, { type: 'training-finished' });
    const inDev = sampleEvent(run, { type: 'rollout-finished', environment: 'dev', key: 'rollout-finished#dev' });
    const inProd = sampleEvent(run, { type: 'rollout-failed', environment: 'prod', key: 'rollout-failed#prod' });
    const rolling = { ...run, status: 'rolling-out' as const, approval, registered };
    expect(inWords(rolling, [training, inDev]).slice(-3)).toEqual(['approve: done', 'dev: done', 'prod: under-way']);
    expect(inWords({ ...rolling, status: 'routed-back' }, [training, inDev, inProd]).slice(-2)).toEqual([
      'dev: done',
      'prod: failed',
    ]);
  });
});
