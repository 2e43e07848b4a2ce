import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { exportLines, worldEnvironment, worldUrls } from '../../../../local/world/environment.ts';
import { defaultPorts } from '../../../../local/world/ports.ts';

const urls = worldUrls(defaultPorts);

describe('what local -- env exports', () => {
  it('names every documented variable when all parts run', () => {
    expect(worldEnvironment(['web', 'gitlab', 'inbox', 'aws', 'sagemaker'], urls, 'glpat-x')).toEqual({
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
      AWS_ENDPOINT_URL_SAGEMAKER: 'http://127.0.0.1:4567',
      AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME: 'http://127.0.0.1:4567',
      AWS_REGION: 'eu-central-1',
      AWS_DEFAULT_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      GITLAB_URL: 'http://127.0.0.1:8081',
      GITLAB_TOKEN: 'glpat-x',
      GITLAB_PROJECT: 'ml/flight-delays',
      GITLAB_GROUP: 'ml-stewards',
      GITLAB_OUTSIDER: 'outsider',
      MLOPS_URL: 'http://127.0.0.1:8080',
      MLOPS_INBOX_URL: 'http://127.0.0.1:8082',
    });
  });

  it('names nothing of parts that were not started', () => {
    const names = Object.keys(worldEnvironment(['sagemaker'], urls, ''));
    expect(names).toContain('AWS_ENDPOINT_URL_SAGEMAKER');
    expect(names).not.toContain('AWS_ENDPOINT_URL');
    expect(names.filter((name) => /GITLAB|MLOPS/.test(name))).toEqual([]);
  });

  it('survives a shell, whatever the value holds', () => {
    const value = `it's $HOME \`and\` "more"\\`;
    const shown = execFileSync('sh', ['-c', `${exportLines({ SHOWN: value })}printf %s "$SHOWN"`], {
      encoding: 'utf8',
    });
    expect(shown).toBe(value);
  });
});
