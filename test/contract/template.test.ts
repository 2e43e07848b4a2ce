import { existsSync, globSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Capture } from '../../shared/domain/policy.ts';
import { TRIES } from '../../shared/runtime/lambda-consumer.ts';
import {
  actionsOf,
  ofType,
  packagedTemplate,
  type Statement,
  statementsOf,
  type Template,
} from './packaged-template.ts';

const ODD_STAGE = {
  publicUrl: 'https://mlops.example.com',
  gitlabUrl: 'https://gitlab.example.com',
  gitlabOidcProviderArn: 'arn:aws:iam::111122223333:oidc-provider/gitlab.example.com',
  dataBucket: 'lake-of-data',
  subnetIds: 'subnet-0a,subnet-0b',
  securityGroupIds: 'sg-0c',
  networkIsolation: 'true',
  permissionBoundary: 'arn:aws:iam::111122223333:policy/boundary',
  rolePath: '/mlops/',
  logRetentionDays: '7',
  costCenter: 'cc-42',
};

/** Services that offer no resource-level permission for these actions. */
const WITHOUT_RESOURCES = [
  /^ec2:(Create|Delete|Describe|Assign|Unassign)/,
  /^ecr:GetAuthorizationToken$/,
  /^logs:(Create|Get|Update|Delete|List)LogDelivery|^logs:ListLogDeliveries$|^logs:PutResourcePolicy$|^logs:Describe(ResourcePolicies|LogGroups)$/,
  /^cloudwatch:(PutMetricData|GetMetricData)$/,
  /^states:SendTask(Success|Failure)$/,
  /^sagemaker:ListModelPackages$/,
];

let template: Template;
let roles: [string, Record<string, unknown>][];
let functions: [string, Record<string, unknown>][];

beforeAll(() => {
  template = packagedTemplate('odd', ODD_STAGE);
  roles = ofType(template, 'AWS::IAM::Role');
  functions = ofType(template, 'AWS::Lambda::Function');
}, 300_000);

const roleOf = (functionName: string) => statementsOf(template.Resources[`${functionName}Role`]?.Properties ?? {});
const mayDo = (statements: Statement[], action: string) =>
  statements.some((statement) => actionsOf(statement).includes(action));

describe('the template and the folders', () => {
  it('has one function for every file with a handler, and no other', () => {
    const files = globSync('functions/*/*.ts').map((file) => file.replace(/\.ts$/, '.handler'));
    expect(functions.map(([, { Handler }]) => Handler).sort()).toEqual(files.sort());
  });
});

describe('least privilege', () => {
  it('gives every function a role of its own', () => {
    for (const [name, { Role }] of functions) {
      expect(Role).toEqual({ 'Fn::GetAtt': [name.replace(/LambdaFunction$/, 'Role'), 'Arn'] });
    }
  });

  it('names every action: no wildcard anywhere', () => {
    const actions = roles.flatMap(([, role]) => statementsOf(role).flatMap(actionsOf));
    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
    expect(actions.length).toBeGreaterThan(100);
  });

  it('allows every resource only where the service offers none to name', () => {
    for (const [name, role] of roles) {
      for (const statement of statementsOf(role)) {
        if (![statement.Resource].flat().includes('*')) continue;
        const unexplained = actionsOf(statement).filter(
          (action) => !WITHOUT_RESOURCES.some((pattern) => pattern.test(action)),
        );
        expect([name, unexplained]).toEqual([name, []]);
      }
    }
  });

  it('lets roles be passed to SageMaker by those that create jobs or models, and to the scheduler by one that makes schedules', () => {
    const passing = roles.flatMap(([name, role]) =>
      statementsOf(role)
        .filter((s) => actionsOf(s).includes('iam:PassRole'))
        .map((s) => ({ name, s })),
    );
    expect(passing.map(({ name }) => name).sort()).toEqual([
      'ArrangeMonitoringRole',
      'PipelineRole',
      'RollOutEndpointRole',
      'StartTrainingRole',
    ]);
    for (const { name, s } of passing) {
      const service = name === 'ArrangeMonitoringRole' ? 'scheduler.amazonaws.com' : 'sagemaker.amazonaws.com';
      expect(s.Condition).toEqual({ StringEquals: { 'iam:PassedToService': service } });
    }
  });

  it('lets the stage key be granted on to services of AWS alone, by those that create endpoints and by jobs', () => {
    const granting = roles.flatMap(([name, role]) =>
      statementsOf(role)
        .filter((statement) => actionsOf(statement).includes('kms:CreateGrant'))
        .map((statement) => ({ name, statement })),
    );
    expect(granting.map(({ name }) => name).sort()).toEqual([
      'PipelineRole',
      'RestoreEndpointRole',
      'RollBackEndpointRole',
      'RollOutEndpointRole',
      'ServingRole',
      'TrainingRole',
    ]);
    for (const { statement } of granting) {
      expect(statement.Condition).toMatchObject({ Bool: { 'kms:GrantIsForAWSResource': 'true' } });
    }
  });

  it('has no role that both trains and approves, and none of user code that calls SageMaker or passes a role', () => {
    for (const [name, role] of roles) {
      const statements = statementsOf(role);
      const trains =
        mayDo(statements, 'sagemaker:StartPipelineExecution') || mayDo(statements, 'sagemaker:CreateTrainingJob');
      expect([name, trains && mayDo(statements, 'sagemaker:UpdateModelPackage')]).toEqual([name, false]);
    }
    for (const name of ['TrainingRole', 'ServingRole']) {
      const actions = statementsOf(template.Resources[name]?.Properties ?? {}).flatMap(actionsOf);
      expect([name, actions.filter((action) => /^(sagemaker|iam|states|lambda|dynamodb):/.test(action))]).toEqual([
        name,
        [],
      ]);
    }
  });

  it('gives the pages a role that writes nothing and decides nothing', () => {
    const actions = roleOf('ServePages').flatMap(actionsOf);
    expect(
      actions.filter(
        (action) =>
          /dynamodb:(Put|Update|Delete|Batch)|s3:Put|states:|events:Put|sns:/.test(action) &&
          action !== 'dynamodb:BatchGetItem',
      ),
    ).toEqual([]);
  });

  it('lets registration alone write approved artifacts', () => {
    const writers = roles.filter(([, role]) =>
      statementsOf(role).some(
        (s) => actionsOf(s).includes('s3:PutObject') && JSON.stringify(s.Resource).includes('/approved/'),
      ),
    );
    expect(writers.map(([name]) => name)).toEqual(['RegisterModelVersionRole']);
  });

  it('lets nobody delete an item of the table', () => {
    expect(roles.filter(([, role]) => mayDo(statementsOf(role), 'dynamodb:DeleteItem')).map(([name]) => name)).toEqual(
      [],
    );
  });

  it('lets each workflow invoke exactly the functions that its definition names', () => {
    for (const [name, { DefinitionString, DefinitionSubstitutions }] of ofType(
      template,
      'AWS::StepFunctions::StateMachine',
    )) {
      const named = Object.entries(DefinitionSubstitutions as Record<string, { 'Fn::GetAtt': [string, string] }>)
        .map(([, value]) => value)
        .filter((value) => value['Fn::GetAtt'][0].endsWith('LambdaFunction'));
      const invoke = roleOf(name).find((statement) => actionsOf(statement).includes('lambda:InvokeFunction'));
      expect(invoke?.Resource).toEqual(named);
      expect(String(DefinitionString)).not.toContain('.asl.yaml');
    }
  });

  it('trusts services and identity providers only for this account, this project and these refs', () => {
    for (const [name, role] of roles) {
      const { Statement: trust } = role.AssumeRolePolicyDocument as {
        Statement: (Statement & { Principal: Record<string, string> })[];
      };
      for (const { Principal, Condition } of trust) {
        if (Principal.Service === 'lambda.amazonaws.com') continue;
        if (Principal.Federated) {
          expect(Condition).toEqual({
            StringEquals: {
              'gitlab.example.com:aud': 'https://gitlab.example.com',
              'gitlab.example.com:sub': ['project_path:ml/flight-delays:ref_type:branch:ref:main'],
            },
          });
        } else
          expect([name, Condition]).toEqual([
            name,
            { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          ]);
      }
    }
    expect(roles.map(([name]) => name)).toContain('BundleRoleFlightDelays');
  });
});

describe('event consumers', () => {
  const consumers = () =>
    globSync('functions/*/functions.yml').flatMap((file) => readFileSync(file, 'utf8').match(/^ {2}consumes:/gm) ?? [])
      .length;

  it('hide a message for six times the time that the function may take', () => {
    for (const [, mapping] of ofType(template, 'AWS::Lambda::EventSourceMapping')) {
      const queue = (mapping.EventSourceArn as { 'Fn::GetAtt': [string] })['Fn::GetAtt'][0];
      const { Timeout } = template.Resources[queue.replace(/Queue$/, 'LambdaFunction')]?.Properties ?? {};
      expect(template.Resources[queue]?.Properties.VisibilityTimeout).toBeGreaterThanOrEqual(6 * Number(Timeout));
      expect(mapping.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
      expect(mapping.ScalingConfig).toEqual({ MaximumConcurrency: 5 });
    }
    expect(ofType(template, 'AWS::Lambda::EventSourceMapping')).toHaveLength(consumers());
  });

  it('try five times and keep what they could not consume for 14 days, with an alarm', () => {
    const queues = ofType(template, 'AWS::SQS::Queue');
    const consumed = queues.filter(([name]) => name.endsWith('Queue'));
    for (const [name, queue] of consumed) {
      const { maxReceiveCount, deadLetterTargetArn } = queue.RedrivePolicy as {
        maxReceiveCount: number;
        deadLetterTargetArn: { 'Fn::GetAtt': [string] };
      };
      expect(maxReceiveCount).toBe(TRIES);
      expect(template.Resources[deadLetterTargetArn['Fn::GetAtt'][0]]?.Properties.MessageRetentionPeriod).toBe(
        1_209_600,
      );
      expect(template.Resources[name.replace(/Queue$/, 'DeadLettersAlarm')]?.Type).toBe('AWS::CloudWatch::Alarm');
    }
    expect(consumed).toHaveLength(consumers());
  });

  it('may read their own queue, which only their own rule may fill', () => {
    for (const [name, queuePolicy] of ofType(template, 'AWS::SQS::QueuePolicy')) {
      const consumer = name.replace(/QueuePolicy$/, '');
      const { Statement: statements } = queuePolicy.PolicyDocument as { Statement: Statement[] };
      for (const statement of statements) {
        expect(statement.Condition).toEqual({
          ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [`${consumer}Rule`, 'Arn'] } },
        });
      }
      expect(mayDo(roleOf(consumer), 'sqs:ReceiveMessage') && mayDo(roleOf(consumer), 'sqs:DeleteMessage')).toBe(true);
    }
  });
});

describe('functions on a schedule', () => {
  it('have an alarm on their errors, which tells the platform team', () => {
    const scheduled = ofType(template, 'AWS::Events::Rule')
      .filter(([, { ScheduleExpression }]) => ScheduleExpression !== undefined)
      .map(([, { Targets }]) => JSON.stringify(Targets));
    const alarms = ofType(template, 'AWS::CloudWatch::Alarm').filter(([, alarm]) => alarm.Namespace === 'AWS/Lambda');
    expect(scheduled.length).toBeGreaterThanOrEqual(2);
    expect(alarms).toHaveLength(scheduled.length);
    for (const [name, alarm] of alarms) {
      const functionId = name.replace(/ErrorsAlarm$/, 'LambdaFunction');
      expect(scheduled.filter((targets) => targets.includes(`"${functionId}"`))).toHaveLength(1);
      expect(alarm).toMatchObject({
        MetricName: 'Errors',
        Dimensions: [{ Name: 'FunctionName', Value: template.Resources[functionId]?.Properties.FunctionName }],
        EvaluationPeriods: 5,
        DatapointsToAlarm: 3,
        AlarmActions: [{ Ref: 'PlatformTopic' }],
      });
    }
  });
});

describe('what is told to people', () => {
  it('has topics of those who decide, who are woken, who read tickets and who run the platform', () => {
    expect(ofType(template, 'AWS::SNS::Topic').map(([, { TopicName }]) => TopicName)).toEqual(
      expect.arrayContaining([
        'mlops-odd-stewards-ml-stewards',
        'mlops-odd-on-call-ml-on-call',
        'mlops-odd-tickets-ml-on-call',
        'mlops-odd-platform',
      ]),
    );
  });

  it('lets alarms of this account, and nobody else by its policy, publish to every topic', () => {
    const policies = ofType(template, 'AWS::SNS::TopicPolicy');
    for (const [topic] of ofType(template, 'AWS::SNS::Topic')) {
      const policy = policies.find(([, { Topics }]) => JSON.stringify(Topics) === JSON.stringify([{ Ref: topic }]));
      expect([topic, policy?.[1].PolicyDocument]).toMatchObject([
        topic,
        {
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: 'cloudwatch.amazonaws.com' },
              Action: 'sns:Publish',
              Resource: { Ref: topic },
              Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
            },
          ],
        },
      ]);
    }
  });

  it('has an alarm on everything that keeps notices from arriving, with its runbook', () => {
    const alarms = ofType(template, 'AWS::CloudWatch::Alarm').filter(([, { Namespace }]) => Namespace === 'MLOps');
    expect(alarms.map(([, { AlarmName, MetricName }]) => [AlarmName, MetricName]).sort()).toEqual([
      ['mlops-odd-disabled-hook', 'DisabledHooks'],
      ['mlops-odd-gitlab-token', 'GitlabTokenDaysLeft'],
      ['mlops-odd-unconfirmed-topic', 'UnconfirmedTopics'],
    ]);
    for (const [, alarm] of alarms) {
      expect(alarm).toMatchObject({ AlarmActions: [{ Ref: 'PlatformTopic' }], OKActions: [{ Ref: 'PlatformTopic' }] });
      const runbook = String(alarm.AlarmName).replace('mlops-odd-', '');
      expect(JSON.stringify(alarm.AlarmDescription)).toContain(`/runbooks/${runbook}`);
      expect(existsSync(`docs/runbooks/${runbook}.md`)).toBe(true);
    }
  });
});

describe('the schedules of the drift monitor', () => {
  it('may start the workflow that looks at a window, and nothing else', () => {
    const statements = roleOf('MonitorSchedule');
    expect(statements.flatMap(actionsOf).sort()).toEqual([
      'kms:Decrypt',
      'kms:GenerateDataKey',
      'sqs:SendMessage',
      'states:StartExecution',
    ]);
    expect(JSON.stringify(statements)).toContain('stateMachine:mlops-odd-monitor-window');
  });

  it('leave what they could not start in a queue with an alarm', () => {
    expect(template.Resources.MonitorScheduleDeadLettersAlarm?.Properties).toMatchObject({
      MetricName: 'ApproximateNumberOfMessagesVisible',
      AlarmActions: [{ Ref: 'PlatformTopic' }],
    });
  });
});

describe('encryption and retention', () => {
  it('encrypts table, bucket, topics, logs and workflows with the stage key, and queues with SQS keys', () => {
    expect(template.Resources.Table?.Properties).toMatchObject({
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    });
    expect(JSON.stringify(template.Resources.Bucket?.Properties.BucketEncryption)).toContain('"BucketKeyEnabled":true');
    for (const [, queue] of ofType(template, 'AWS::SQS::Queue')) expect(queue.SqsManagedSseEnabled).toBe(true);
    for (const [, topic] of ofType(template, 'AWS::SNS::Topic')) expect(topic.KmsMasterKeyId).toEqual({ Ref: 'Key' });
    for (const [, group] of ofType(template, 'AWS::Logs::LogGroup'))
      expect(group.KmsKeyId).toEqual({ 'Fn::GetAtt': ['Key', 'Arn'] });
    for (const [, workflow] of ofType(template, 'AWS::StepFunctions::StateMachine')) {
      expect(workflow.EncryptionConfiguration).toMatchObject({ Type: 'CUSTOMER_MANAGED_KMS_KEY' });
    }
  });

  it('lets services use the key for resources of this account only', () => {
    const { Statement: statements } = template.Resources.Key?.Properties.KeyPolicy as {
      Statement: (Statement & { Principal: { Service?: unknown } })[];
    };
    const forServices = statements.filter(({ Principal }) => Principal.Service);
    expect(forServices).toHaveLength(2);
    for (const { Condition } of forServices) expect(JSON.stringify(Condition)).toMatch(/AWS::AccountId/);
  });

  it('keeps table, bucket and key when the stack goes', () => {
    for (const name of ['Table', 'Bucket', 'Key']) expect(template.Resources[name]?.DeletionPolicy).toBe('Retain');
  });
});

describe('what endpoints capture', () => {
  const properties = (name: string) => template.Resources[name]?.Properties ?? {};
  const touching = (action: string, place: string) =>
    roles
      .filter(([, role]) =>
        statementsOf(role).some(
          (s) => actionsOf(s).includes(action) && JSON.stringify(s.Resource).includes(`CaptureBucket.Arn}/${place}`),
        ),
      )
      .map(([name]) => name)
      .sort();

  it('lies in a bucket of its own, encrypted with a key of its own, which no service may use', () => {
    expect(JSON.stringify(properties('CaptureBucket').BucketEncryption)).toContain('"CaptureKey","Arn"');
    expect(properties('CaptureBucket').PublicAccessBlockConfiguration).toEqual(
      properties('Bucket').PublicAccessBlockConfiguration,
    );
    expect(properties('CaptureKey').EnableKeyRotation).toBe(true);
    const { Statement: statements } = properties('CaptureKey').KeyPolicy as {
      Statement: (Statement & { Principal: Record<string, unknown> })[];
    };
    expect(statements.map(({ Principal }) => Object.keys(Principal))).toEqual([['AWS']]);
    for (const name of ['CaptureBucket', 'CaptureKey']) expect(template.Resources[name]?.DeletionPolicy).toBe('Retain');
  });

  it('goes when its time is over: one rule for each time that a policy may name, and for what was counted of it', () => {
    const { Rules } = properties('CaptureBucket').LifecycleConfiguration as {
      Rules: { Status: string; Prefix?: string; ExpirationInDays?: number; NoncurrentVersionExpiration?: unknown }[];
    };
    const kept = Rules.filter(({ Prefix }) => Prefix?.startsWith('keep-'));
    const days = Capture.shape.retainDays.unwrap().options.map(({ value }) => value);
    expect(kept.map(({ Prefix, ExpirationInDays }) => [Prefix, ExpirationInDays])).toEqual(
      days.map((count) => [`keep-${count}d/`, count]),
    );
    expect(Rules.find(({ Prefix }) => Prefix === 'states/')?.ExpirationInDays).toBe(7);
    for (const rule of Rules.filter(({ ExpirationInDays }) => ExpirationInDays !== undefined)) {
      expect(rule).toMatchObject({ Status: 'Enabled', NoncurrentVersionExpiration: { NoncurrentDays: 1 } });
    }
  });

  it('is written by endpoints alone and read by one function alone', () => {
    expect(touching('s3:PutObject', 'keep-')).toEqual(['ServingRole']);
    expect(touching('s3:GetObject', 'keep-')).toEqual(['ReadBatchRole']);
  });

  it('is counted by the monitor alone: nobody else reads or writes its states', () => {
    expect(touching('s3:PutObject', 'states/')).toEqual(['JudgeWindowRole', 'PlanWindowRole', 'ReadBatchRole']);
    expect(touching('s3:GetObject', 'states/')).toEqual(['JudgeWindowRole', 'ReadBatchRole', 'RenderReportRole']);
  });

  it('lets the monitor decrypt it through S3 alone', () => {
    const using = roles.flatMap(([name, role]) =>
      statementsOf(role)
        .filter((s) => actionsOf(s).includes('kms:Decrypt') && JSON.stringify(s.Resource).includes('"CaptureKey"'))
        .map((s) => [name, s.Condition]),
    );
    const throughS3 = { StringEquals: { 'kms:ViaService': { 'Fn::Sub': expect.stringMatching(/^s3\./) } } };
    expect(using.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))).toEqual([
      ['JudgeWindowRole', throughS3],
      ['PlanWindowRole', throughS3],
      ['ReadBatchRole', throughS3],
      ['RenderReportRole', throughS3],
      ['ServingRole', undefined],
    ]);
  });
});

describe('the workflow monitor-window', () => {
  it('may start and stop what its Distributed Map runs, and no other workflow', () => {
    const own = roleOf('MonitorWindow').filter((s) => actionsOf(s).some((action) => action.startsWith('states:')));
    expect(own.map((s) => [actionsOf(s), JSON.stringify(s.Resource)])).toEqual([
      [['states:StartExecution'], expect.stringContaining(':stateMachine:mlops-odd-monitor-window')],
      [
        ['states:DescribeExecution', 'states:StopExecution'],
        expect.stringContaining(':execution:mlops-odd-monitor-window/*'),
      ],
    ]);
  });
});

describe('stage parameters reach everything', () => {
  it('puts path and permission boundary on every role', () => {
    for (const [name, role] of roles) {
      expect([name, role.Path, role.PermissionsBoundary]).toEqual([name, '/mlops/', ODD_STAGE.permissionBoundary]);
    }
  });

  it('puts every function into the network, with the right to join it', () => {
    for (const [name, { VpcConfig }] of functions) {
      expect(VpcConfig).toEqual({ SubnetIds: ['subnet-0a', 'subnet-0b'], SecurityGroupIds: ['sg-0c'] });
      expect(mayDo(roleOf(name.replace(/LambdaFunction$/, '')), 'ec2:CreateNetworkInterface')).toBe(true);
    }
  });

  it('tells every function about network, isolation and tags for what it creates', () => {
    for (const [, fn] of functions) {
      expect((fn.Environment as { Variables: Record<string, unknown> }).Variables).toMatchObject({
        MLOPS_SUBNET_IDS: ODD_STAGE.subnetIds,
        MLOPS_SECURITY_GROUP_IDS: ODD_STAGE.securityGroupIds,
        MLOPS_NETWORK_ISOLATION: 'true',
        MLOPS_COST_TAG: 'cc-42',
        MLOPS_ROLE_PATH: '/mlops/',
        MLOPS_PUBLIC_URL: ODD_STAGE.publicUrl,
        MLOPS_GITLAB_URL: ODD_STAGE.gitlabUrl,
        MLOPS_CAPTURE_BUCKET: { Ref: 'CaptureBucket' },
        MLOPS_CAPTURE_KEY_ARN: { 'Fn::GetAtt': ['CaptureKey', 'Arn'] },
      });
    }
  });

  it('keeps every log for as long as the stage says', () => {
    for (const [, group] of ofType(template, 'AWS::Logs::LogGroup')) expect(group.RetentionInDays).toBe(7);
    expect(ofType(template, 'AWS::Logs::LogGroup').length).toBeGreaterThanOrEqual(functions.length);
  });

  it('tags everything that can be tagged', () => {
    const untaggable = /LogStream|Permission|Policy$|Alias|EventSourceMapping|Route|Integration|Events::Rule/;
    for (const [name, { Type, Properties }] of Object.entries(template.Resources)) {
      if (untaggable.test(Type) || name.startsWith('ServerlessDeploymentBucket')) continue;
      expect([name, JSON.stringify(Properties.Tags)]).toEqual([name, expect.stringContaining('cc-42')]);
    }
  });
});

describe('limits of the services', () => {
  it('keeps names of functions within 64 and of workflows within 80 characters', () => {
    for (const [, { FunctionName }] of functions) expect(String(FunctionName).length).toBeLessThanOrEqual(64);
    for (const [, { StateMachineName }] of ofType(template, 'AWS::StepFunctions::StateMachine')) {
      expect(String(StateMachineName).length).toBeLessThanOrEqual(80);
    }
  });

  it('keeps the environment of a function below 4 KB', () => {
    for (const [, { Environment }] of functions) expect(JSON.stringify(Environment).length).toBeLessThan(4096);
  });
});
