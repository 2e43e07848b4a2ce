import { expect, it } from '@jest/globals';
import { onboardingRecords } from '../../../shared/adapters/onboarding-records.ts';
import { ContractBroken } from '../../../shared/domain/faults.ts';
import { sampleOnboarding } from '../../fakes/sample-records.ts';

const stage = { stage: 'qa', accountId: '111122223333', region: 'eu-west-1', rolePath: '/mlops/' };
const written = {
  ...sampleOnboarding(),
  roles: {
    pipeline: `arn:aws:iam::\${accountId}:role/y`,
    training: `arn:aws:iam::\${accountId}:role\${rolePath}mlops-\${stage}-training`,
    serving: `arn:aws:iam::\${accountId}:role/x`,
  },
  dataLocations: [`s3://mlops-data-\${stage}/flight-delays/`],
};

it('fills in what the stage knows', () => {
  const record = onboardingRecords(stage, [written]).ofModel('flight-delays');
  expect(record?.roles.training).toBe('arn:aws:iam::111122223333:role/mlops/mlops-qa-training');
  expect(record?.dataLocations).toEqual(['s3://mlops-data-qa/flight-delays/']);
});

it('finds a record by project and by model, and none for others', () => {
  const records = onboardingRecords(stage, [written]);
  expect(records.ofProject(17)?.model).toBe('flight-delays');
  expect(records.ofProject(18)).toBeUndefined();
  expect(records.ofModel('other')).toBeUndefined();
  expect(records.all()).toHaveLength(1);
});

it('names what is wrong with a record', () => {
  expect(() => onboardingRecords(stage, [{ ...written, allowedRefs: [] }])).toThrow(ContractBroken);
});
