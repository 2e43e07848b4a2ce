import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkDefinition } from '../../../shared/domain/check-definition.ts';
import '../../harness/repeatable-properties.ts';

const sample = readFileSync(new URL('../../../ml/flight-delays/pipeline.json', import.meta.url), 'utf8');

type Json = Record<string, unknown>;
const get = (name: string) => ({ Get: `Parameters.${name}` });
const join = (...values: unknown[]) => ({ 'Std:Join': { On: '/', Values: values } });

function trainStep(args: Json = {}, more: Json = {}): Json {
  return {
    Name: 'Train',
    Type: 'Training',
    Arguments: {
      AlgorithmSpecification: { TrainingImage: get('TrainingImage'), TrainingInputMode: 'File' },
      InputDataConfig: [
        { ChannelName: 'code', DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: get('CodeUri') } } },
      ],
      OutputDataConfig: { S3OutputPath: join(get('OutputUri'), 'model') },
      ResourceConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 20 },
      ...args,
    },
    ...more,
  };
}

function processingStep(name: string, args: Json = {}, more: Json = {}): Json {
  return {
    Name: name,
    Type: 'Processing',
    Arguments: {
      AppSpecification: { ImageUri: get('ProcessingImage') },
      ProcessingResources: { ClusterConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 20 } },
      ...args,
    },
    ...more,
  };
}

const parameters = ['CodeUri', 'OutputUri', 'ProcessingImage', 'TrainingImage'].map((Name) => ({
  Name,
  Type: 'String',
}));

function definition(changes: Json = {}): Json {
  return { Version: '2020-12-01', Parameters: parameters, Steps: [trainStep()], ...changes };
}

function sentencesOf(value: unknown, given: Partial<Parameters<typeof checkDefinition>[1]> = {}): string[] {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const check = checkDefinition(text, {
    parameters: {},
    dataNames: ['flights'],
    dataLocations: ['s3://mlops-data-test/flight-delays/'],
    ...given,
  });
  return 'problems' in check ? check.problems.map(({ sentence }) => sentence) : [];
}

describe('a pipeline definition', () => {
  it('is sound as the sample repository writes it', () => {
    expect(sentencesOf(sample, { parameters: { TrainingInstanceType: 'ml.m5.large' } })).toEqual([]);
    expect(sentencesOf(definition())).toEqual([]);
  });

  it.each([
    ['no JSON', '{', 'is not JSON'],
    ['another version', definition({ Version: '2019-01-01' }), 'Version must be `2020-12-01`'],
    ['no steps', definition({ Steps: [] }), 'Steps must have at least 1 entries'],
    ['an unknown key', definition({ Stages: [] }), '`Stages` is not a known key'],
    ['a step without a name', definition({ Steps: [{ Type: 'Training', Arguments: {} }] }), 'Steps[0].Name is missing'],
    ['a deep nest', `${'['.repeat(100)}${']'.repeat(100)}`, 'nested more than'],
    ['a text', '"steps"', 'must be a group of keys'],
  ])('is refused with %s', (_case, value, says) => {
    expect(sentencesOf(value).join('\n')).toContain(says);
  });

  it.each([
    'Lambda',
    'Callback',
    'RegisterModel',
    'Model',
    'Endpoint',
    'EMR',
    'Tuning',
    'Transform',
    'AutoML',
  ])('may hold no %s step, at the top or in a branch', (type) => {
    const foreign = { Name: 'Foreign', Type: type, Arguments: {} };
    expect(sentencesOf(definition({ Steps: [trainStep(), foreign] }))).toEqual([
      `Steps[1] is of the type ${type}; only Processing, Training, Condition, Fail are allowed.`,
    ]);
    const branch = {
      Name: 'If',
      Type: 'Condition',
      Arguments: { Conditions: [{ Type: 'Equals' }], IfSteps: [foreign] },
    };
    expect(sentencesOf(definition({ Steps: [trainStep(), branch] }))).toEqual([
      expect.stringContaining(`is of the type ${type}`),
    ]);
  });

  it('is refused when it is larger than SageMaker takes', () => {
    expect(sentencesOf(definition({ Metadata: { text: 'x'.repeat(1_100_000) } }))).toEqual([
      expect.stringContaining('larger than'),
    ]);
  });
});

describe('the fence around user code', () => {
  it.each([
    ['a role', { RoleArn: 'arn:aws:iam::1:role/admin' }, 'RoleArn brings a role of its own'],
    ['a network', { VpcConfig: { Subnets: ['s'] } }, 'VpcConfig brings a network of its own'],
    ['an open network', { EnableNetworkIsolation: false }, 'EnableNetworkIsolation brings a network'],
    [
      'a key deep inside',
      { OutputDataConfig: { S3OutputPath: join(get('OutputUri'), 'm'), KmsKeyId: 'k' } },
      'OutputDataConfig.KmsKeyId brings a key',
    ],
    [
      'a volume key',
      { ResourceConfig: { InstanceType: 'ml.m5.large', VolumeKmsKeyId: 'k' } },
      'VolumeKmsKeyId brings a key',
    ],
    ['tags', { Tags: [] }, 'Tags brings a tags of its own'],
    [
      'a file system',
      { InputDataConfig: [{ DataSource: { FileSystemDataSource: {} } }] },
      'FileSystemDataSource brings a network',
    ],
    ['an image', { AlgorithmSpecification: { TrainingImage: 'docker.io/evil' } }, 'names an image of its own'],
    [
      "the other step's image",
      { AlgorithmSpecification: { TrainingImage: get('ProcessingImage') } },
      'names an image of its own',
    ],
    [
      'a marketplace algorithm',
      { AlgorithmSpecification: { AlgorithmName: 'a', TrainingImage: get('TrainingImage') } },
      'AlgorithmName names an image',
    ],
    ['no image', { AlgorithmSpecification: { TrainingInputMode: 'File' } }, 'names no image'],
    [
      'a debugger with an image',
      { DebugRuleConfigurations: [{ RuleEvaluatorImage: 'x' }] },
      'is not allowed in a Training step',
    ],
    ['a remote shell', { RemoteDebugConfig: { EnableRemoteDebug: true } }, 'RemoteDebugConfig is not allowed'],
    ['no instance type', { ResourceConfig: { InstanceType: 'large' } }, 'is `large`: write a SageMaker instance type'],
    [
      'a place elsewhere',
      { InputDataConfig: [{ DataSource: { S3DataSource: { S3Uri: 's3://salaries/' } } }] },
      's3://salaries/, which lies outside',
    ],
    [
      'an output elsewhere',
      { OutputDataConfig: { S3OutputPath: join(get('CodeUri'), 'x') } },
      'writes outside the run',
    ],
    ['checkpoints elsewhere', { CheckpointConfig: { S3Uri: get('CodeUri') } }, 'writes outside the run'],
  ])('lets no training bring %s', (_case, args, says) => {
    expect(sentencesOf(definition({ Steps: [trainStep(args)] })).join('\n')).toContain(says);
  });

  it.each([
    ['MaxRuntimeInSeconds', 432_001],
    ['MaxRuntimeInSeconds', get('Patience')],
    ['MaxWaitTimeInSeconds', 2_000_000],
  ])('lets no step run for more than five days: %s %j', (key, value) => {
    const Parameters = [...parameters, { Name: 'Patience', Type: 'Integer', DefaultValue: 600_000 }];
    const steps = (limit: unknown) => [
      trainStep({ StoppingCondition: { [key]: limit }, Environment: { A: get('Patience') } }),
    ];
    expect(sentencesOf(definition({ Steps: steps(value), Parameters }))).toEqual([
      expect.stringMatching(new RegExp(`StoppingCondition\\.${key} is \\d+ s: .* at most 432000 s \\(5 days\\)`)),
    ]);
    expect(sentencesOf(definition({ Steps: steps(432_000), Parameters }))).toEqual([]);
  });

  it('leaves the names of hyperparameters and environment variables to their author', () => {
    expect(
      sentencesOf(
        definition({
          Steps: [
            trainStep({
              HyperParameters: { RoleArn: 'x', KmsKeyId: 'y' },
              Environment: { Tags: 'z', InstanceType: 'any' },
            }),
          ],
        }),
      ),
    ).toEqual(expect.not.arrayContaining([expect.stringContaining('of its own')]));
  });

  it('reaches into the branches of a Condition', () => {
    const branch = {
      Name: 'If',
      Type: 'Condition',
      Arguments: { Conditions: [{ Type: 'Equals' }], IfSteps: [processingStep('Inner', { RoleArn: 'r' })] },
    };
    expect(sentencesOf(definition({ Steps: [trainStep(), branch] }))).toEqual([
      'Steps[1].Arguments.IfSteps[0].Arguments.RoleArn brings a role of its own: remove it, the platform sets it.',
    ]);
  });

  it.each([
    [0, [processingStep('P')]],
    [2, [trainStep(), trainStep({}, { Name: 'Again' })]],
  ])('asks for exactly one Training step and counts %i', (count, Steps) => {
    expect(sentencesOf(definition({ Steps }))).toContain(
      `Steps must hold exactly one Training step; there are ${count}.`,
    );
  });

  it("reads data below the model's data locations", () => {
    const read = {
      InputDataConfig: [
        { DataSource: { S3DataSource: { S3Uri: 's3://mlops-data-test/flight-delays/2013/' } } },
        { S3Uri: get('CodeUri') },
      ],
    };
    expect(sentencesOf(definition({ Steps: [trainStep(read)] }))).toEqual([]);
  });

  it('looks at the defaults of parameters too', () => {
    expect(
      sentencesOf(
        definition({ Parameters: [...parameters, { Name: 'Extra', Type: 'String', DefaultValue: 's3://salaries/' }] }),
      ),
    ).toEqual([expect.stringContaining('lies outside')]);
  });

  it('looks at the values that the policy gives to parameters', () => {
    const own = definition({ Parameters: [...parameters, { Name: 'Extra', Type: 'String' }] });
    expect(sentencesOf(own, { parameters: { Extra: 's3://mlops-data-test/flight-delays/2013' } })).toEqual([]);
    expect(sentencesOf(own, { parameters: { Extra: 's3://mlops-data-test/salaries/' } })).toEqual([
      expect.stringContaining('s3://mlops-data-test/salaries/, which lies outside'),
    ]);
  });

  it.each([
    ['a text in pieces', { 'Std:Join': { On: '', Values: ['s3', '://salaries/'] } }],
    ['a text in pieces by slashes', join('s3:', '', 'salaries')],
    ['a neighbour of the data', { 'Std:Join': { On: '', Values: [get('CodeUri'), '-of-others'] } }],
    ['a neighbour inside', join({ 'Std:Join': { On: '', Values: [get('CodeUri'), '-of-others'] } }, 'x')],
    ['a parameter with half a place', join(get('Half'), 'salaries')],
  ])('reads no place that is put together from %s', (_case, S3Uri) => {
    const Steps = [trainStep({ InputDataConfig: [{ S3Uri: get('CodeUri') }, { S3Uri }] })];
    const Parameters = [...parameters, { Name: 'Half', Type: 'String', DefaultValue: 's3:/' }];
    expect(sentencesOf(definition({ Steps, Parameters }))).toEqual([
      expect.stringContaining('[1].S3Uri must begin with'),
    ]);
  });

  it('reads what another step wrote, and folders below the places of the platform', () => {
    const places = [
      get('CodeUri'),
      join(get('CodeUri'), 'lib'),
      { Get: "Steps.Train.ProcessingOutputConfig.Outputs['x'].S3Output.S3Uri" },
    ];
    const inputs = { ProcessingInputs: places.map((S3Uri) => ({ S3Input: { S3Uri } })) };
    expect(sentencesOf(definition({ Steps: [trainStep(), processingStep('After', inputs)] }))).toEqual([]);
  });
});

describe('parameters', () => {
  const withParameters = (...more: Json[]) => definition({ Parameters: [...parameters, ...more] });

  it.each([
    ['a reserved one with a default', { Name: 'DataUri', Type: 'String', DefaultValue: 'x' }, 'filled by the platform'],
    ['a reserved one of another type', { Name: 'ChampionUri', Type: 'Integer' }, 'filled by the platform'],
    ['one that stands there twice', { Name: 'CodeUri', Type: 'String' }, 'a second time'],
    ['data that the policy lacks', { Name: 'DataUri_weather', Type: 'String' }, 'no data entry `weather`'],
    ['one without a value', { Name: 'Depth', Type: 'Integer' }, 'has no value'],
    ['one of the wrong type', { Name: 'Depth', Type: 'Integer', DefaultValue: 'deep' }, 'is of Type Integer'],
    ['an unknown type', { Name: 'Depth', Type: 'Number' }, 'must be `String` or'],
  ])('refuse %s', (_case, parameter, says) => {
    expect(sentencesOf(withParameters(parameter)).join('\n')).toContain(says);
  });

  it("take the policy's value before the default", () => {
    const own = withParameters({ Name: 'Depth', Type: 'Integer' }, { Name: 'Rate', Type: 'Float', DefaultValue: 0.1 });
    expect(sentencesOf(own, { parameters: { Depth: 3, Rate: '0.5' } })).toEqual([]);
    expect(sentencesOf(own, { parameters: { Depth: 3.5 } })).toEqual([
      expect.stringContaining('(Depth) is of Type Integer'),
    ]);
  });

  it('must declare and use CodeUri and OutputUri', () => {
    const says = sentencesOf(definition({ Parameters: parameters.slice(1) }));
    expect(says).toEqual(
      expect.arrayContaining([
        expect.stringContaining('Parameters lacks CodeUri'),
        expect.stringContaining('refers to the parameter CodeUri'),
      ]),
    );
    expect(sentencesOf(definition({ Steps: [trainStep({ InputDataConfig: [] })] }))).toEqual([
      expect.stringContaining('(CodeUri) is declared, but no step uses it'),
    ]);
  });

  it('check the instance type that a step takes from one', () => {
    const Steps = [trainStep({ ResourceConfig: { InstanceType: get('Size') } })];
    const own = definition({
      Steps,
      Parameters: [...parameters, { Name: 'Size', Type: 'String', DefaultValue: 'big' }],
    });
    expect(sentencesOf(own)).toEqual([expect.stringContaining('is `big`')]);
    expect(sentencesOf(own, { parameters: { Size: 'ml.m5.xlarge' } })).toEqual([]);
  });
});

describe('references', () => {
  it.each([
    [
      'a parameter that is not declared',
      trainStep({ Environment: { A: get('Nope') } }),
      'refers to the parameter Nope',
    ],
    [
      'a step that does not exist',
      trainStep({ Environment: { A: { Get: 'Steps.Nope.X' } } }),
      'refers to the step Nope',
    ],
    [
      'a fact of the execution that does not exist',
      trainStep({ Environment: { A: { Get: 'Execution.Nope' } } }),
      'must begin with',
    ],
    ['something else', trainStep({ Environment: { A: { Get: 'Secrets.X' } } }), 'must begin with'],
    ['a step to wait for that does not exist', trainStep({}, { DependsOn: ['Nope'] }), 'names the step Nope'],
  ])('may not name %s', (_case, step, says) => {
    expect(sentencesOf(definition({ Steps: [step] })).join('\n')).toContain(says);
  });

  it('find two steps of one name', () => {
    expect(sentencesOf(definition({ Steps: [trainStep(), processingStep('Train')] }))).toEqual([
      expect.stringContaining('names are unique'),
    ]);
  });

  it('find a circle of DependsOn and of what steps read of one another', () => {
    const after = processingStep('After', {
      Environment: { A: { Get: 'Steps.Train.ModelArtifacts.S3ModelArtifacts' } },
    });
    expect(sentencesOf(definition({ Steps: [trainStep({}, { DependsOn: ['After'] }), after] }))).toEqual([
      'Steps go in a circle: Train → After → Train.',
    ]);
    expect(sentencesOf(definition({ Steps: [trainStep({}, { DependsOn: ['Train'] })] }))).toEqual([
      expect.stringContaining('Train → Train'),
    ]);
  });
});

it('checking never throws, whatever the JSON', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), fc.anything({ maxDepth: 3 }), (text, step) => {
      sentencesOf(text);
      sentencesOf(definition({ Steps: [trainStep(), step] }));
      sentencesOf(definition({ Steps: [trainStep({ Environment: step })] }));
      return true;
    }),
  );
});
