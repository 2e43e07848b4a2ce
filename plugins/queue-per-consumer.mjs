/**
 * Rule → queue → Lambda (with a dead-letter queue), for every function that says what it `consumes`:
 * `consumes: { bus: default | stage, pattern: <EventBridge pattern> }`.
 */
const MAX_RECEIVE_COUNT = 5;
const FOURTEEN_DAYS = 1_209_600;
/** AWS asks for six times the function's timeout, so that a message isn't seen again while it is worked on. */
const VISIBILITY_FACTOR = 6;

const logicalId = (name) => `${name[0].toUpperCase()}${name.slice(1)}`;

export default class QueuePerConsumer {
  constructor(serverless) {
    this.serverless = serverless;
    serverless.configSchemaHandler.defineFunctionProperties('aws', {
      properties: {
        consumes: {
          type: 'object',
          properties: { bus: { enum: ['default', 'stage'] }, pattern: { type: 'object' } },
          required: ['bus', 'pattern'],
          additionalProperties: false,
        },
      },
    });
    this.hooks = { 'before:package:initialize': () => this.addQueues() };
  }

  addQueues() {
    const { service } = this.serverless;
    service.resources ??= {};
    service.resources.Resources ??= {};
    for (const [name, definition] of Object.entries(service.functions)) {
      if (!definition.consumes) continue;
      Object.assign(service.resources.Resources, this.resourcesOf(name, definition));
      definition.events.push({
        sqs: {
          arn: { 'Fn::GetAtt': [`${logicalId(name)}Queue`, 'Arn'] },
          batchSize: 10,
          functionResponseType: 'ReportBatchItemFailures',
          maximumConcurrency: 5,
        },
      });
      definition.iamRoleStatements = [
        ...(definition.iamRoleStatements ?? []),
        {
          Effect: 'Allow',
          Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ChangeMessageVisibility'],
          Resource: { 'Fn::GetAtt': [`${logicalId(name)}Queue`, 'Arn'] },
        },
      ];
    }
  }

  resourcesOf(name, definition) {
    const id = logicalId(name);
    const bus = definition.consumes.bus === 'stage' ? { Ref: 'Bus' } : 'default';
    const timeoutSeconds = definition.timeout ?? this.serverless.service.provider.timeout;
    return {
      [`${id}Queue`]: {
        Type: 'AWS::SQS::Queue',
        Properties: {
          QueueName: definition.name,
          SqsManagedSseEnabled: true,
          VisibilityTimeout: timeoutSeconds * VISIBILITY_FACTOR,
          MessageRetentionPeriod: FOURTEEN_DAYS,
          RedrivePolicy: {
            deadLetterTargetArn: { 'Fn::GetAtt': [`${id}DeadLetters`, 'Arn'] },
            maxReceiveCount: MAX_RECEIVE_COUNT,
          },
        },
      },
      [`${id}DeadLetters`]: {
        Type: 'AWS::SQS::Queue',
        Properties: {
          QueueName: `${definition.name}-dead-letters`,
          SqsManagedSseEnabled: true,
          MessageRetentionPeriod: FOURTEEN_DAYS,
        },
      },
      [`${id}Rule`]: {
        Type: 'AWS::Events::Rule',
        Properties: {
          EventBusName: bus,
          EventPattern: definition.consumes.pattern,
          Targets: [
            {
              Id: 'queue',
              Arn: { 'Fn::GetAtt': [`${id}Queue`, 'Arn'] },
              DeadLetterConfig: { Arn: { 'Fn::GetAtt': [`${id}DeadLetters`, 'Arn'] } },
            },
          ],
        },
      },
      [`${id}QueuePolicy`]: {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: {
          Queues: [{ Ref: `${id}Queue` }, { Ref: `${id}DeadLetters` }],
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [`${id}Queue`, `${id}DeadLetters`].map((queue) => ({
              Effect: 'Allow',
              Principal: { Service: 'events.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Resource: { 'Fn::GetAtt': [queue, 'Arn'] },
              Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [`${id}Rule`, 'Arn'] } } },
            })),
          },
        },
      },
      [`${id}DeadLettersAlarm`]: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          AlarmName: `${definition.name}-dead-letters`,
          AlarmDescription: `Events that ${definition.name} could not consume in ${MAX_RECEIVE_COUNT} tries wait in its dead-letter queue. See docs/runbooks/dead-letters.md.`,
          Namespace: 'AWS/SQS',
          MetricName: 'ApproximateNumberOfMessagesVisible',
          Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [`${id}DeadLetters`, 'QueueName'] } }],
          Statistic: 'Maximum',
          Period: 60,
          EvaluationPeriods: 1,
          Threshold: 1,
          ComparisonOperator: 'GreaterThanOrEqualToThreshold',
          TreatMissingData: 'notBreaching',
          AlarmActions: [{ Ref: 'PlatformTopic' }],
        },
      },
    };
  }
}
