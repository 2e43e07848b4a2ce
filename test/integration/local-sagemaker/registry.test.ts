import {
  CreateModelCommand,
  CreateModelPackageCommand,
  CreateModelPackageGroupCommand,
  DescribeModelPackageCommand,
  ListModelPackagesCommand,
  ListTagsCommand,
  UpdateModelPackageCommand,
} from '@aws-sdk/client-sagemaker';
import { image, listenToEvents, sagemaker, uniqueName, until } from './clients.ts';
import { scriptMode, servingRoleArn } from './models.ts';

async function newGroup(): Promise<string> {
  const name = uniqueName('Group');
  await sagemaker.send(
    new CreateModelPackageGroupCommand({ ModelPackageGroupName: name, Tags: [{ Key: 'model', Value: 'test' }] }),
  );
  return name;
}

async function register(group: string, token: string, artifact = 's3://some-bucket/model.tar.gz'): Promise<string> {
  const { ModelPackageArn } = await sagemaker.send(
    new CreateModelPackageCommand({
      ModelPackageGroupName: group,
      ClientToken: token,
      ModelApprovalStatus: 'PendingManualApproval',
      CustomerMetadataProperties: { 'mlops:run': 'run-1', commit: 'abc' },
      InferenceSpecification: {
        Containers: [{ Image: image, ModelDataUrl: artifact, Environment: scriptMode }],
        SupportedContentTypes: ['text/csv'],
        SupportedResponseMIMETypes: ['application/json'],
      },
    }),
  );
  return ModelPackageArn ?? '';
}

describe('the model registry', () => {
  it('numbers the versions of a group, and registers once per token', async () => {
    const group = await newGroup();
    const first = await register(group, 'token-1');
    expect(first).toBe(`arn:aws:sagemaker:eu-central-1:000000000000:model-package/${group}/1`);
    expect(await register(group, 'token-1')).toBe(first);
    await expect(register(group, 'token-1', 's3://some-bucket/other.tar.gz')).rejects.toMatchObject({
      name: 'ConflictException',
    });
    expect(await register(group, 'token-2')).toMatch(/\/2$/);
    const { ModelPackageSummaryList } = await sagemaker.send(
      new ListModelPackagesCommand({ ModelPackageGroupName: group }),
    );
    expect(ModelPackageSummaryList?.map((version) => version.ModelPackageVersion)).toEqual([2, 1]);
  });

  it('changes the approval and the properties of a version, and tells which', async () => {
    const group = await newGroup();
    const { heard } = await listenToEvents();
    const arn = await register(group, 'token-1');
    await sagemaker.send(
      new UpdateModelPackageCommand({
        ModelPackageArn: arn,
        ModelApprovalStatus: 'Rejected',
        ApprovalDescription: 'worse than the champion',
        CustomerMetadataProperties: { reason: 'gate' },
        CustomerMetadataPropertiesToRemove: ['commit'],
      }),
    );
    expect(await sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: arn }))).toMatchObject({
      ModelPackageVersion: 1,
      ModelPackageStatus: 'Completed',
      ModelApprovalStatus: 'Rejected',
      ApprovalDescription: 'worse than the champion',
      CustomerMetadataProperties: { 'mlops:run': 'run-1', reason: 'gate' },
    });
    const told = await until(
      async () => (await heard()).filter((event) => event.detail.ModelPackageArn === arn),
      (events) => events.length >= 2,
    );
    expect(told.at(-1)).toMatchObject({
      'detail-type': 'SageMaker Model Package State Change',
      detail: {
        ModelApprovalStatus: 'Rejected',
        UpdatedModelPackageFields: ['ModelApprovalStatus', 'ApprovalDescription', 'CustomerMetadataProperties'],
      },
    });
  });

  it('lets only an approved version become a model', async () => {
    const group = await newGroup();
    const arn = await register(group, 'token-1');
    const create = () =>
      sagemaker.send(
        new CreateModelCommand({
          ModelName: uniqueName('model'),
          ExecutionRoleArn: servingRoleArn,
          PrimaryContainer: { ModelPackageName: arn },
        }),
      );
    await expect(create()).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('PendingManualApproval'),
    });
    await sagemaker.send(new UpdateModelPackageCommand({ ModelPackageArn: arn, ModelApprovalStatus: 'Approved' }));
    await expect(create()).resolves.toMatchObject({ ModelArn: expect.stringContaining(':model/') });
  });

  it('knows its groups by name, once, with their tags', async () => {
    const group = await newGroup();
    await expect(
      sagemaker.send(new CreateModelPackageGroupCommand({ ModelPackageGroupName: group })),
    ).rejects.toMatchObject({ name: 'ValidationException', message: expect.stringContaining('already exists') });
    const ResourceArn = `arn:aws:sagemaker:eu-central-1:000000000000:model-package-group/${group}`;
    expect((await sagemaker.send(new ListTagsCommand({ ResourceArn }))).Tags).toEqual([
      { Key: 'model', Value: 'test' },
    ]);
    await expect(register('no-such-group', 'token-1')).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('does not exist'),
    });
  });
});
