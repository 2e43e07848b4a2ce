/**
 * Carries the stage's parameters to every resource that can take them, whoever made it: permission boundary, path and tags to
 * roles, network and key to functions, key and retention to log groups, tags to everything that has them.
 */
const TAG_LISTS = [
  'AWS::DynamoDB::Table',
  'AWS::Events::EventBus',
  'AWS::IAM::Role',
  'AWS::KMS::Key',
  'AWS::Lambda::Function',
  'AWS::Logs::LogGroup',
  'AWS::S3::Bucket',
  'AWS::Scheduler::ScheduleGroup',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
  'AWS::StepFunctions::StateMachine',
  'AWS::CloudWatch::Alarm',
];

export default class StageParameters {
  constructor(serverless) {
    this.serverless = serverless;
    this.hooks = { 'after:aws:package:finalize:mergeCustomProviderResources': () => this.carry() };
  }

  carry() {
    const { service } = this.serverless;
    const { permissionBoundary, rolePath, logRetentionDays, subnetIds, securityGroupIds, tags } =
      service.custom.stageParameters;
    const tagList = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    for (const { Type, Properties } of Object.values(service.provider.compiledCloudFormationTemplate.Resources)) {
      if (Type === 'AWS::IAM::Role') {
        Properties.Path = rolePath;
        if (permissionBoundary !== '') Properties.PermissionsBoundary = permissionBoundary;
      }
      if (Type === 'AWS::Logs::LogGroup') {
        Properties.RetentionInDays = Number(logRetentionDays);
        Properties.KmsKeyId = { 'Fn::GetAtt': ['Key', 'Arn'] };
      }
      if (Type === 'AWS::Lambda::Function') {
        Properties.KmsKeyArn = { 'Fn::GetAtt': ['Key', 'Arn'] };
        if (subnetIds !== '')
          Properties.VpcConfig = { SubnetIds: list(subnetIds), SecurityGroupIds: list(securityGroupIds) };
      }
      if (Type === 'AWS::ApiGatewayV2::Api' || Type === 'AWS::ApiGatewayV2::Stage')
        Properties.Tags = { ...Properties.Tags, ...tags };
      if (TAG_LISTS.includes(Type))
        Properties.Tags = [...(Properties.Tags ?? []).filter(({ Key }) => !(Key in tags)), ...tagList];
    }
  }
}

function list(text) {
  return text.split(',').map((entry) => entry.trim());
}
