import { requireLocalHost } from '../../../../local/sagemaker/api/require-local-host.ts';
import { AccessDeniedException } from '../../../../local/sagemaker/errors.ts';

describe('the host that a request names', () => {
  it.each([
    '127.0.0.1:4567',
    'localhost',
    'LocalHost:1',
    '[::1]:4567',
    'sagemaker.localhost:4567',
    '10.1.2.3:4567',
  ])('is taken when it is this machine or the configured one: %s', (host) => {
    expect(() => requireLocalHost(host, '10.1.2.3')).not.toThrow();
  });

  it.each([
    'evil.example:4567',
    'localhost.evil.example',
    'notlocalhost',
    '127.0.0.1.evil.example:4567',
    '',
    undefined,
  ])('is refused when it is another, however it resolves: %s', (host) => {
    expect(() => requireLocalHost(host, '127.0.0.1')).toThrow(AccessDeniedException);
  });
});
