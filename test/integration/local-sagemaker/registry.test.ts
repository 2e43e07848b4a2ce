import {
  AddTagsCommand,
  BatchDescribeModelPackageCommand,
  CreateModelCommand,
  CreateModelPackageCommand,
  CreateModelPackageGroupCommand,
  DeleteModelPackageCommand,
  DeleteModelPackageGroupCommand,
  DeleteModelPackageGroupPolicyCommand,
  DeleteTagsCommand,
  DescribeModelPackageCommand,
  DescribeModelPackageGroupCommand,
  GetModelPackageGroupPolicyCommand,
  ListModelPackagesCommand,
  ListTagsCommand,
  PutModelPackageGroupPolicyCommand,
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
      new ListModelPackagesCommand({ ModelPackageGroupName: group, SortOrder: 'Descending' }),
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

  it('describes many versions at once, and says which do not exist', async () => {
    const group = await newGroup();
    const arn = await register(group, 'token-1');
    const stranger = `${arn}0`;
    const answer = await sagemaker.send(new BatchDescribeModelPackageCommand({ ModelPackageArnList: [arn, stranger] }));
    expect(answer.ModelPackageSummaries?.[arn]).toMatchObject({
      ModelPackageVersion: 1,
      ModelPackageStatus: 'Completed',
    });
    expect(answer.BatchDescribeModelPackageErrorMap?.[stranger]?.ErrorResponse).toContain('does not exist');
  });

  it('never gives the number of a deleted version again, and deletes a group only when it is empty', async () => {
    const group = await newGroup();
    const first = await register(group, 'token-1');
    const remove = () => sagemaker.send(new DeleteModelPackageGroupCommand({ ModelPackageGroupName: group }));
    await expect(remove()).rejects.toMatchObject({ name: 'ConflictException' });
    await sagemaker.send(new DeleteModelPackageCommand({ ModelPackageName: first }));
    await expect(sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: first }))).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringMatching(/does not exist\.$/),
    });
    const second = await register(group, 'token-2');
    expect(second).toMatch(/\/2$/);
    await sagemaker.send(new DeleteModelPackageCommand({ ModelPackageName: `${group}/2` }));
    await remove();
    await expect(
      sagemaker.send(new DescribeModelPackageGroupCommand({ ModelPackageGroupName: group })),
    ).rejects.toMatchObject({ name: 'ValidationException', message: expect.stringContaining('does not exist') });
  });

  it("keeps a group's policy", async () => {
    const of = { ModelPackageGroupName: await newGroup() };
    const policy = JSON.stringify({ Version: '2012-10-17', Statement: [] });
    const get = () => sagemaker.send(new GetModelPackageGroupPolicyCommand(of));
    await expect(get()).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('Cannot find resource policy'),
    });
    await sagemaker.send(new PutModelPackageGroupPolicyCommand({ ...of, ResourcePolicy: policy }));
    expect((await get()).ResourcePolicy).toBe(policy);
    await sagemaker.send(new DeleteModelPackageGroupPolicyCommand(of));
    await expect(get()).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(
      sagemaker.send(new PutModelPackageGroupPolicyCommand({ ...of, ResourcePolicy: 'all of it' })),
    ).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('registers packages of their own name too, which are listed apart from versions', async () => {
    const name = uniqueName('package');
    const InferenceSpecification = {
      Containers: [{ Image: image, ModelDataUrl: 's3://some-bucket/model.tar.gz' }],
      SupportedContentTypes: ['text/csv'],
      SupportedResponseMIMETypes: ['text/csv'],
      SupportedRealtimeInferenceInstanceTypes: ['ml.m5.large' as const],
      SupportedTransformInstanceTypes: ['ml.m5.large' as const],
    };
    const create = () =>
      sagemaker.send(
        new CreateModelPackageCommand({
          ModelPackageName: name,
          InferenceSpecification,
          Tags: [{ Key: 'a', Value: 'b' }],
        }),
      );
    const { ModelPackageArn } = await create();
    await expect(create()).rejects.toMatchObject({ message: expect.stringContaining('already exists') });
    const described = await sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: name }));
    expect(described).toMatchObject({ ModelPackageName: name, ModelPackageArn });
    expect(described.ModelApprovalStatus).toBeUndefined();
    const listed = await sagemaker.send(new ListModelPackagesCommand({ NameContains: name }));
    expect(listed.ModelPackageSummaryList).toMatchObject([{ ModelPackageName: name }]);
    const versions = await sagemaker.send(
      new ListModelPackagesCommand({ NameContains: name, ModelPackageType: 'Versioned' }),
    );
    expect(versions.ModelPackageSummaryList).toEqual([]);
  });

  it('adds, replaces and takes away tags of what exists', async () => {
    const group = await newGroup();
    const ResourceArn = `arn:aws:sagemaker:eu-central-1:000000000000:model-package-group/${group}`;
    const add = (key: string, value: string) =>
      sagemaker.send(new AddTagsCommand({ ResourceArn, Tags: [{ Key: key, Value: value }] }));
    await add('model', 'other');
    await add('team', 'risk');
    await sagemaker.send(new DeleteTagsCommand({ ResourceArn, TagKeys: ['model', 'never-there'] }));
    expect((await sagemaker.send(new ListTagsCommand({ ResourceArn }))).Tags).toEqual([{ Key: 'team', Value: 'risk' }]);
    await expect(add('aws:mine', 'x')).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(sagemaker.send(new ListTagsCommand({ ResourceArn: `${ResourceArn}-gone` }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
    await expect(
      sagemaker.send(new ListTagsCommand({ ResourceArn: ResourceArn.replace('model-package-group', 'pipeline') })),
    ).rejects.toMatchObject({ name: 'ResourceNotFound' });
  });
});
