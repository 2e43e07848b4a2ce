import {
  CreateModelPackageCommand,
  CreateModelPackageGroupCommand,
  DescribeModelPackageCommand,
  type DescribeModelPackageCommandOutput,
  ListModelPackagesCommand,
  UpdateModelPackageCommand,
} from '@aws-sdk/client-sagemaker';
import type { ModelRegistry, ModelVersion } from '../../ports/sagemaker.ts';
import { sagemakerClient } from '../aws/sagemaker-client.ts';
import { asInstanceType } from './instance-type.ts';
import { oneLine } from './one-line.ts';
import { asSagemakerFaults, createOnce, required, tagsOf } from './refusals.ts';

/** The property by which a registered version is found again. */
const RUN_PROPERTY = 'mlops:run';
/** How many of the newest versions are looked through for the one of a run; a repetition comes minutes later. */
const VERSIONS_LOOKED_AT = 20;
const CLOCKS_DIFFER_BY_MS = 60_000;

type Registered = Parameters<ModelRegistry['register']>[0];

/** SageMaker's model registry in this account and region. */
export function sagemakerModelRegistry(): ModelRegistry {
  const client = sagemakerClient();

  async function describe(modelPackageArn: string): Promise<ModelVersion> {
    const answer = await asSagemakerFaults(`Describing ${modelPackageArn}`, () =>
      client.send(new DescribeModelPackageCommand({ ModelPackageName: modelPackageArn })),
    );
    return asVersion(answer);
  }

  /** The service forgets a client token after a while; the property stays. */
  async function findOfRun({ group, runId, acceptedAt }: Registered): Promise<ModelVersion | undefined> {
    const { ModelPackageSummaryList = [] } = await asSagemakerFaults(`Listing the versions of ${group}`, () =>
      client.send(
        new ListModelPackagesCommand({
          ModelPackageGroupName: group,
          CreationTimeAfter: new Date(Date.parse(acceptedAt) - CLOCKS_DIFFER_BY_MS),
          SortBy: 'CreationTime',
          SortOrder: 'Descending',
          MaxResults: VERSIONS_LOOKED_AT,
        }),
      ),
    );
    const arns = ModelPackageSummaryList.flatMap(({ ModelPackageArn }) => ModelPackageArn ?? []);
    const versions = await Promise.all(arns.map(describe));
    return versions.find(({ properties }) => properties[RUN_PROPERTY] === runId);
  }

  return {
    async ensureGroup(group, description, tags) {
      await createOnce(`Creating model package group ${group}`, () =>
        client.send(
          new CreateModelPackageGroupCommand({
            ModelPackageGroupName: group,
            ModelPackageGroupDescription: description,
            Tags: tagsOf(tags),
          }),
        ),
      );
    },

    async register(version) {
      const existing = await findOfRun(version);
      if (existing !== undefined) return existing;
      const { ModelPackageArn } = await asSagemakerFaults(`Registering run ${version.runId} in ${version.group}`, () =>
        client.send(new CreateModelPackageCommand(requestOf(version))),
      );
      return describe(required(ModelPackageArn, 'ModelPackageArn'));
    },

    describe,

    async setApproval(modelPackageArn, status, description) {
      await asSagemakerFaults(`Marking ${modelPackageArn} as ${status}`, () =>
        client.send(
          new UpdateModelPackageCommand({
            ModelPackageArn: modelPackageArn,
            ModelApprovalStatus: status,
            ApprovalDescription: oneLine(description),
          }),
        ),
      );
    },
  };
}

function requestOf(version: Registered) {
  return {
    ModelPackageGroupName: version.group,
    ModelPackageDescription: oneLine(version.description),
    ClientToken: version.clientToken,
    ModelApprovalStatus: 'PendingManualApproval' as const,
    InferenceSpecification: {
      Containers: [{ Image: version.image, ModelDataUrl: version.artifactUri, Environment: version.environment }],
      SupportedContentTypes: version.contentTypes,
      SupportedResponseMIMETypes: version.responseTypes,
      SupportedRealtimeInferenceInstanceTypes: version.instanceTypes.map(asInstanceType),
    },
    ModelMetrics: {
      ModelQuality: {
        Statistics: {
          ContentType: 'application/json',
          S3Uri: version.reportUri,
          ContentDigest: `sha256:${version.reportSha256}`,
        },
      },
    },
    ...(version.baseline && { DriftCheckBaselines: baselinesOf(version.baseline) }),
    MetadataProperties: {
      CommitId: version.commit,
      Repository: version.repository,
      ProjectId: version.projectId,
      GeneratedBy: `mlops run ${version.runId}`,
    },
    CustomerMetadataProperties: { ...version.properties, [RUN_PROPERTY]: version.runId },
    ModelCard: { ModelCardContent: version.modelCard, ModelCardStatus: 'Draft' as const },
  };
}

function baselinesOf({ uri, sha256 }: NonNullable<Registered['baseline']>) {
  const Statistics = { ContentType: 'application/json', S3Uri: uri, ContentDigest: `sha256:${sha256}` };
  return { ModelDataQuality: { Statistics } };
}

function asVersion(answer: DescribeModelPackageCommandOutput): ModelVersion {
  const container = answer.InferenceSpecification?.Containers?.[0];
  return {
    modelPackageArn: required(answer.ModelPackageArn, 'ModelPackageArn'),
    version: required(answer.ModelPackageVersion, 'ModelPackageVersion'),
    approvalStatus: required(answer.ModelApprovalStatus, 'ModelApprovalStatus'),
    properties: answer.CustomerMetadataProperties ?? {},
    artifactUri: container?.ModelDataUrl ?? '',
    image: container?.Image ?? '',
  };
}
