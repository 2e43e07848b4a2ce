import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { arnsOf } from '../../../../local/sagemaker/arns.ts';
import { containersOf, requireApproved } from '../../../../local/sagemaker/resources/model-containers.ts';
import { openStore } from '../../../../local/sagemaker/state/store.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'approval-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a model of a registered version', () => {
  it('needs the approval as it is made, and not as it is deployed', () => {
    const world = {
      arns: arnsOf({ region: 'eu-central-1', accountId: '000000000000' }),
      store: openStore(folder),
    };
    const arn = world.arns.of('model-package', 'flights/1');
    const at = new Date();
    const version = {
      ModelPackageArn: arn,
      ModelPackageName: 'flights',
      ModelPackageGroupName: 'flights',
      ModelPackageStatus: 'Completed' as const,
      ModelPackageStatusDetails: { ValidationStatuses: [] },
      CreationTime: at,
      InferenceSpecification: { Containers: [{ Image: 'python:3' }] },
    };
    const model = {
      ModelName: 'flights',
      ModelArn: world.arns.of('model', 'flights'),
      CreationTime: at,
      PrimaryContainer: { ModelPackageName: arn },
    };
    world.store.packages.put(arn, { ...version, ModelApprovalStatus: 'Approved' });
    expect(() => requireApproved(world, model)).not.toThrow();
    world.store.packages.put(arn, { ...version, ModelApprovalStatus: 'Rejected' });
    expect(() => requireApproved(world, model)).toThrow('its approval status is Rejected');
    expect(containersOf(world, model).container.image).toBe('python:3');
  });
});
