import { execFileSync } from 'node:child_process';
import type { Configuration } from '../../../local/sagemaker/configuration.ts';

/** For tests that run containers without a server: this machine's Python, and a local AWS that may not be there. */
export function testConfiguration(stateFolder: string, awsEndpoint: string): Configuration {
  return {
    port: 0,
    host: '127.0.0.1',
    stateFolder,
    awsEndpoint,
    region: 'eu-central-1',
    accessKeyId: 'test',
    secretAccessKey: 'test',
    accountId: '000000000000',
    python: execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim(),
    botocoreData: '',
    quotas: undefined,
    images: undefined,
    faults: false,
    events: undefined,
    timeScale: 1,
  };
}
