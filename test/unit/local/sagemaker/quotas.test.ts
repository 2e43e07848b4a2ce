import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ResourceLimitExceeded } from '../../../../local/sagemaker/errors.ts';
import { AccountQuotas, instancesInUse } from '../../../../local/sagemaker/quotas.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'quotas-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('quotas of the account', () => {
  it('refuse what would exceed them, in the words of the service', () => {
    const quotas = new AccountQuotas(folder, '{"ml.m5.large for endpoint usage": 2}');
    expect(() => quotas.require('ml.m5.large', 'endpoint usage', 1, 1)).not.toThrow();
    expect(() => quotas.require('ml.m5.large', 'endpoint usage', 2, 1)).toThrow(ResourceLimitExceeded);
    expect(() => quotas.require('ml.m5.large', 'endpoint usage', 2, 1)).toThrow(
      "The account-level service limit 'ml.m5.large for endpoint usage' is 2 Instances, with current utilization of 1 Instances and a request delta of 2 Instances.",
    );
  });

  it('are unlimited where nothing is said', () => {
    const quotas = new AccountQuotas(folder, undefined);
    expect(() => quotas.require('ml.p4d.24xlarge', 'training job usage', 100, 0)).not.toThrow();
  });

  it('are read from the file at each request, which counts before the environment', () => {
    const quotas = new AccountQuotas(folder, '{"ml.m5.large for endpoint usage": 0}');
    writeFileSync(join(folder, 'quotas.json'), '{"ml.m5.large for endpoint usage": 5}');
    expect(() => quotas.require('ml.m5.large', 'endpoint usage', 5, 0)).not.toThrow();
    writeFileSync(join(folder, 'quotas.json'), '{"ml.m5.large for endpoint usage": -1}');
    expect(() => quotas.require('ml.m5.large', 'endpoint usage', 1, 0)).toThrow('must be a JSON object such as');
  });
});

describe('instances in use', () => {
  it('are those of jobs of the type that run or are being stopped', () => {
    const job = (status: string, type: string, count?: number) => ({ status, type, count });
    const running = [job('InProgress', 'ml.m5.large', 2), job('Stopping', 'ml.m5.large')];
    const others = [job('Completed', 'ml.m5.large'), job('InProgress', 'ml.c5.large')];
    expect(instancesInUse([...running, ...others], 'ml.m5.large')).toBe(3);
  });
});
