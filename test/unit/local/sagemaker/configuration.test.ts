import { readConfiguration } from '../../../../local/sagemaker/configuration.ts';

const needed = {
  STATE_DIR: '/tmp/state',
  AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  SAGEMAKER_PYTHON: '/usr/bin/python3',
  BOTOCORE_DATA: '/tmp/botocore',
};

describe('the time scale', () => {
  it('is 1 unless something else is said', () => {
    expect(readConfiguration(needed).timeScale).toBe(1);
    expect(readConfiguration({ ...needed, LOCAL_SAGEMAKER_TIME_SCALE: '0.01' }).timeScale).toBe(0.01);
  });

  it.each(['0', '-1', '1.5', 'fast', 'NaN'])('is refused in words when it is %s', (value) => {
    expect(() => readConfiguration({ ...needed, LOCAL_SAGEMAKER_TIME_SCALE: value })).toThrow(
      'LOCAL_SAGEMAKER_TIME_SCALE: give a number above 0 and at most 1, such as 0.01.',
    );
  });
});
