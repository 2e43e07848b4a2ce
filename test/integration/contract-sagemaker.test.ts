import { beforeAll, describe } from '@jest/globals';
import { sagemakerHosting } from '../../shared/adapters/sagemaker/hosting.ts';
import { sagemakerModelRegistry } from '../../shared/adapters/sagemaker/model-registry.ts';
import { sagemakerTrainingPipelines } from '../../shared/adapters/sagemaker/training-pipelines.ts';
import { isInProgress } from '../../shared/domain/assess-endpoint.ts';
import { anyId } from '../contract/suites/any-names.ts';
import { hostingContract } from '../contract/suites/hosting.ts';
import { modelRegistryContract, versionOf } from '../contract/suites/model-registry.ts';
import { trainingPipelinesContract } from '../contract/suites/training-pipelines.ts';
import { newBucket, until } from './local-sagemaker/clients.ts';
import { inference, uploadModel } from './local-sagemaker/models.ts';

describe('sagemakerTrainingPipelines', () => {
  trainingPipelinesContract(async () => {
    const pipelines = sagemakerTrainingPipelines();
    const ended = (arn: string) =>
      until(
        () => pipelines.describe(arn),
        ({ status }) => status !== 'Executing' && status !== 'Stopping',
      );
    return { pipelines, ended };
  });
});

describe('sagemakerModelRegistry', () => {
  modelRegistryContract(async () => sagemakerModelRegistry());
});

describe('sagemakerHosting', () => {
  let modelPackageArn: string;
  let brokenPackageArn: string;

  beforeAll(async () => {
    const registry = sagemakerModelRegistry();
    const group = `mlops-test-${anyId()}`;
    await registry.ensureGroup(group, 'A test', {});
    const bucket = await newBucket();
    const approved = async (script: string) => {
      const artifactUri = await uploadModel(bucket, script, 1);
      const version = await registry.register(versionOf(group, anyId(), artifactUri));
      await registry.setApproval(version.modelPackageArn, 'Approved', 'Approved by the test');
      return version.modelPackageArn;
    };
    modelPackageArn = await approved(inference);
    brokenPackageArn = await approved("def model_fn(model_dir):\n    raise ValueError('no model in here')\n");
  });

  hostingContract(async () => {
    const hosting = sagemakerHosting();
    const settled = (name: string) =>
      until(
        () => hosting.describeEndpoint(name),
        (state) => state === undefined || !isInProgress(state.status),
      );
    return { hosting, modelPackageArn, brokenPackageArn, settled };
  });
});
