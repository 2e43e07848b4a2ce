import { describe } from '@jest/globals';
import { fakeHosting, fakeModelRegistry, fakeTrainingPipelines } from '../fakes/sagemaker.ts';
import { hostingContract } from './suites/hosting.ts';
import { modelRegistryContract } from './suites/model-registry.ts';
import { trainingPipelinesContract } from './suites/training-pipelines.ts';

describe('fakeTrainingPipelines', () => {
  trainingPipelinesContract(async () => {
    const pipelines = fakeTrainingPipelines();
    const step = { name: 'Refuse', type: 'Fail', status: 'Failed', failureReason: 'AUC below the limit' };
    const ended = async (arn: string) => {
      pipelines.end(arn, { status: 'Failed', steps: [step] });
      return pipelines.describe(arn);
    };
    return { pipelines, ended };
  });
});

describe('fakeModelRegistry', () => {
  modelRegistryContract(async () => fakeModelRegistry());
});

describe('fakeHosting', () => {
  hostingContract(async () => {
    const hosting = fakeHosting((input) => {
      const sum = input.split(',').reduce((total, cell) => total + Number(cell), 0);
      if (Number.isNaN(sum)) return { outcome: 'model-error', status: 500, message: 'no number', latencyMs: 1 };
      return { outcome: 'answered', body: `[${sum.toFixed(1)}]`, latencyMs: 1 };
    });
    const group = 'arn:aws:sagemaker:eu-central-1:000000000000:model-package/x';
    const brokenPackageArn = `${group}/2`;
    let asked = '';
    const update = hosting.updateEndpoint;
    hosting.updateEndpoint = async (name, configName) => {
      asked = configName;
      await update(name, configName);
    };
    const settled = async (name: string) => {
      const model = hosting.models.get(hosting.configs.get(asked)?.modelName ?? '');
      if (hosting.endpoints.has(name))
        model?.modelPackageArn === brokenPackageArn ? hosting.takeBack(name) : hosting.settle(name);
      return hosting.describeEndpoint(name);
    };
    return { hosting, modelPackageArn: `${group}/1`, brokenPackageArn, settled };
  });
});
