import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { projectRoot } from '../../../local/world/project-root.ts';
import { runMlops } from '../../unit/cli/terminal.ts';
import { type Author, authorAtWork } from './author.ts';
import { onlooker } from './onlooker.ts';
import { dataFolder, definition, type Files, tinyRepository } from './tiny-repository.ts';

const world = onlooker();
const onboarding = join(projectRoot, 'onboarding', 'flight-delays.yaml');
const sound = tinyRepository({}, { bundled: false });

const policy = (before: string, after: string): Files => {
  const text = sound['mlops.yaml'] ?? '';
  if (!text.includes(before)) throw new Error(`the tiny repository's mlops.yaml has no ${before}`);
  return { 'mlops.yaml': text.replace(before, after) };
};
/** The definition with one of its two steps changed. */
const steps = (change: (train: StepOf<0>, evaluate: StepOf<1>) => readonly unknown[]): Files => {
  const written = definition();
  const [train, evaluate] = written.Steps;
  if (train === undefined || evaluate === undefined) throw new Error('the tiny repository has two steps');
  return { 'pipeline.json': JSON.stringify({ ...written, Steps: change(train, evaluate) }, null, 2) };
};
type StepOf<Index extends 0 | 1> = ReturnType<typeof definition>['Steps'][Index];
const training = (more: object): Files =>
  steps((train, evaluate) => [{ ...train, Arguments: { ...train.Arguments, ...more } }, evaluate]);

/** What is wrong, the files that differ from a sound repository, and the beginning of the refusal. */
const cases: [what: string, changes: Files, refusal: RegExp][] = [
  ['no mlops.yaml', { 'mlops.yaml': undefined }, /^mlops\.yaml: The file is missing/],
  ['an mlops.yaml that is no YAML', { 'mlops.yaml': 'model: [flight-delays\n' }, /^mlops\.yaml:\d+: /],
  ['an unknown key', policy('model: flight', 'modell: x\nmodel: flight'), /^mlops\.yaml:2: .*modell/],
  ['a value of the wrong type', policy('min: 0.70', 'min: high'), /^mlops\.yaml:10: evaluation\.gates\[0\]/],
  ['a gate below the floor', policy('min: 0.70', 'min: 0.10'), /^mlops\.yaml:10: .*weaker than the platform's floor/],
  [
    'four eyes switched off',
    policy('group: ml-stewards }', 'group: ml-stewards }\n  fourEyes: false'),
    /^mlops\.yaml:15: approval\.fourEyes/,
  ],
  ['a gate on an unknown metric', policy('slices.origin.*.auc', 'accuracy'), /^mlops\.yaml:12: .*unknown metric/],
  [
    'a strategy that is not offered',
    policy('{ name: prod,', '{ name: prod, strategy: canary,'),
    /^mlops\.yaml:18: .*not offered yet/,
  ],
  [
    'an environment that stands there twice',
    policy('name: qa', 'name: dev'),
    /^mlops\.yaml:17: environments\[1\]\.name/,
  ],
  [
    'data of somebody else',
    policy(dataFolder(), 's3://mlops-data-local/salaries/'),
    /^mlops\.yaml:4: .*outside the model's data locations/,
  ],
  ['no definition', { 'pipeline.json': undefined }, /^pipeline\.json: The file is missing/],
  [
    'a definition that is no JSON',
    { 'pipeline.json': '{"Version": ' },
    /^pipeline\.json:1: The definition is not JSON/,
  ],
  [
    'a step of another type',
    steps((train, evaluate) => [train, { ...evaluate, Type: 'Lambda' }]),
    /^pipeline\.json:\d+: Steps\[1\] is of the type Lambda/,
  ],
  [
    'a role of its own',
    training({ RoleArn: 'arn:aws:iam::000000000000:role/admin' }),
    /^pipeline\.json:\d+: .*brings a role of its own/,
  ],
  [
    'a network of its own',
    training({ VpcConfig: { Subnets: ['subnet-1'], SecurityGroupIds: [] } }),
    /^pipeline\.json:\d+: .*brings a network of its own/,
  ],
  [
    'an image of its own',
    training({ AlgorithmSpecification: { TrainingImage: 'evil/image', TrainingInputMode: 'File' } }),
    /^pipeline\.json:\d+: .*names an image of its own/,
  ],
  [
    'an output in somebody else’s bucket',
    training({ OutputDataConfig: { S3OutputPath: 's3://elsewhere/models' } }),
    /^pipeline\.json:\d+: /,
  ],
  [
    'a parameter for data that the policy lacks',
    {
      'pipeline.json': JSON.stringify({
        ...definition(),
        Parameters: [...definition().Parameters, { Name: 'DataUri_weather', Type: 'String' }],
      }),
    },
    /^pipeline\.json:1: .*has no data entry `weather` in mlops\.yaml; there are flights/,
  ],
  [
    'an instance type that there is not',
    policy('TrainingInstanceType: ml.m5.large', 'TrainingInstanceType: huge'),
    /^pipeline\.json:\d+: .*InstanceType is `huge`: write a SageMaker instance type/,
  ],
];

/** A data location that is allowed and empty: only the platform can see that, so `validate` says nothing of it. */
const EMPTY_DATA = tinyRepository({}, { data: dataFolder('nothing-there') });

type Refusal = { sha: string; said: string[] };

describe('a commit that the platform can not train', () => {
  let author: Author;
  const refusals = new Map<string, Refusal>();
  let executionsBefore: string[];
  let withoutBundle: string;
  let withoutData: string;

  // Their pipelines run while `validate` is asked. An older pipeline never follows a newer one, so each waits for the former's run.
  beforeAll(async () => {
    author = await authorAtWork();
    executionsBefore = await world.executionArns();
    await world.overwrite(`${dataFolder()}flights.csv`, '1,2\n');
    for (const [what, changes] of cases) {
      const sha = await author.push(`Have ${what}`, { ...sound, ...changes });
      const { error } = await runMlops(['validate', '--onboarding', onboarding, '--stage', 'local', author.folder]);
      refusals.set(what, { sha, said: error });
      await world.runOf(sha);
    }
    withoutBundle = await author.push('Forget the bundle', sound);
    await world.runOf(withoutBundle);
    withoutData = await author.push('Name empty data', EMPTY_DATA);
  }, 240_000);
  afterAll(async () => {
    await author.leave();
    await world.takeDataBack();
  });

  const refusedRun = async (sha: string) => {
    const run = await world.findRun(await world.runOf(sha));
    expect(run).toMatchObject({ status: 'refused', commit: sha });
    const status = await world.stage.gitlab.statusOf(sha);
    expect(status).toMatchObject({ status: 'failed', target_url: `${world.urls.web}/runs/${run?.runId}` });
    return { reasons: run?.reasons ?? [], description: status?.description ?? '', run };
  };

  it.each(cases)(
    'because it has %s is refused at its commit, in the words of `mlops validate`',
    async (what, _, refusal) => {
      const { sha, said } = refusals.get(what) ?? { sha: '', said: [] };
      expect(said[0]).toMatch(refusal);
      const { reasons, description } = await refusedRun(sha);
      expect(reasons).toEqual(said);
      const more = said.length > 1 ? ` (and ${said.length - 1} more)` : '';
      const shown = `${said[0]}${more}`;
      expect(description).toBe(shown.length <= 255 ? shown : `${said[0]?.slice(0, 254 - more.length)}…${more}`);
    },
    240_000,
  );

  it('because CI uploaded no bundle is refused, and told to include the template', async () => {
    const { reasons } = await refusedRun(withoutBundle);
    expect(reasons).toEqual([expect.stringMatching(/^bundle: .*manifest\.json\. Include the platform's CI template/)]);
  });

  it('because its data is not there is refused, and told where to put it', async () => {
    const { reasons } = await refusedRun(withoutData);
    expect(reasons).toEqual([
      `data flights: there is no object below ${dataFolder('nothing-there')}. Put the data there.`,
    ]);
  });

  it('starts no SageMaker pipeline and opens no issue', async () => {
    expect(new Set(await world.executionArns())).toEqual(new Set(executionsBefore));
    const { run } = await refusedRun(withoutData);
    if (run === undefined) throw new Error('the run is missing');
    expect(await world.issueOf(run)).toBeUndefined();
  });
});
