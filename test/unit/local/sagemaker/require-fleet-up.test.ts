import { requireFleetUp } from '../../../../local/sagemaker/serving/require-fleet-up.ts';
import { DeploymentStopped } from '../../../../local/sagemaker/serving/watch-deployment.ts';

const variant = (name: string, up: boolean, further?: unknown[]) => ({
  name,
  deployed: further === undefined ? {} : { further },
  isUp: async () => up,
});

describe('a new fleet', () => {
  it('may take over when every variant has a worker', async () => {
    await expect(requireFleetUp([variant('main', true), variant('shadow', true)])).resolves.toBeUndefined();
  });

  it('stops its deployment when a variant has none, which the reason names', async () => {
    const refused = requireFleetUp([variant('main', true), variant('shadow', false)]);
    await expect(refused).rejects.toBeInstanceOf(DeploymentStopped);
    await expect(refused).rejects.toThrow(
      'The primary container for production variant shadow did not pass the ping health check. Please check CloudWatch logs for this endpoint.',
    );
  });

  it('of inference pipelines does not say which of the containers is gone', async () => {
    await expect(requireFleetUp([variant('main', false, [{}])])).rejects.toThrow(
      /^A container for production variant main did not pass/,
    );
  });
});
