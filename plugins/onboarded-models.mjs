/**
 * What the onboarding records ask of the template: a topic per stewards' group, two per on-call group (one that wakes, one that is
 * read in working hours), and a role per model that only CI jobs of the project's allowed refs may assume, to upload their script bundle.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { load } from 'js-yaml';

const logicalId = (text) =>
  text
    .split(/[^A-Za-z0-9]+/)
    .map((word) => `${word[0].toUpperCase()}${word.slice(1)}`)
    .join('');

export default class OnboardedModels {
  constructor(serverless) {
    this.serverless = serverless;
    this.hooks = { 'before:package:initialize': () => this.addResources() };
  }

  addResources() {
    const { service } = this.serverless;
    const stage = this.serverless.getProvider('aws').getStage();
    service.resources ??= {};
    service.resources.Resources ??= {};
    const resources = service.resources.Resources;
    for (const record of this.records()) {
      Object.assign(
        resources,
        topic(stage, 'stewards', record.groups.stewards),
        topic(stage, 'on-call', record.groups.onCall),
        topic(stage, 'tickets', record.groups.onCall),
      );
      if (service.custom.gitlabOidcProviderArn !== '') Object.assign(resources, this.bundleRole(stage, record));
    }
  }

  records() {
    const folder = path.join(this.serverless.serviceDir, 'onboarding');
    const files = readdirSync(folder)
      .filter((file) => file.endsWith('.yaml'))
      .sort();
    return files.map((file) => load(readFileSync(path.join(folder, file), 'utf8')));
  }

  bundleRole(stage, record) {
    const { gitlabOidcProviderArn, gitlabUrl } = this.serverless.service.custom;
    const host = new URL(gitlabUrl).host;
    const subjects = record.allowedRefs.map((ref) => `project_path:${record.project.path}:ref_type:branch:ref:${ref}`);
    return {
      [`BundleRole${logicalId(record.model)}`]: {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: `mlops-${stage}-bundle-${record.model}`,
          AssumeRolePolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Principal: { Federated: gitlabOidcProviderArn },
                Action: 'sts:AssumeRoleWithWebIdentity',
                Condition: { StringEquals: { [`${host}:aud`]: gitlabUrl, [`${host}:sub`]: subjects } },
              },
            ],
          },
          Policies: [
            {
              PolicyName: 'upload',
              PolicyDocument: {
                Version: '2012-10-17',
                Statement: [
                  {
                    // Reading back is how a repeated job finds that its files are there already.
                    Effect: 'Allow',
                    Action: ['s3:PutObject', 's3:GetObject'],
                    Resource: { 'Fn::Sub': `\${Bucket.Arn}/bundles/${record.project.id}/*` },
                  },
                  {
                    Effect: 'Allow',
                    Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
                    Resource: { 'Fn::GetAtt': ['Key', 'Arn'] },
                  },
                ],
              },
            },
          ],
        },
      },
    };
  }
}

function topic(stage, role, group) {
  const id = `${logicalId(role)}Topic${logicalId(group)}`;
  return {
    [id]: {
      Type: 'AWS::SNS::Topic',
      Properties: {
        // As shared/adapters/sns/topic-arns.ts: groups have paths such as `ml/stewards`, topics have no slashes and dots.
        TopicName: `mlops-${stage}-${role}-${group.replaceAll(/[^A-Za-z0-9_-]/g, '-')}`,
        DisplayName: `MLOps ${stage}: ${group}`,
        KmsMasterKeyId: { Ref: 'Key' },
      },
    },
    [`${id}Policy`]: {
      Type: 'AWS::SNS::TopicPolicy',
      Properties: {
        Topics: [{ Ref: id }],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Sid: 'AlarmsOfThisAccount',
              Effect: 'Allow',
              Principal: { Service: 'cloudwatch.amazonaws.com' },
              Action: 'sns:Publish',
              Resource: { Ref: id },
              Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
            },
          ],
        },
      },
    },
  };
}
