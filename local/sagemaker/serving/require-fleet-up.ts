import { DeploymentStopped } from './watch-deployment.ts';

type Variant = {
  name: string;
  deployed: { further?: unknown[] };
  isUp: () => Promise<boolean>;
};

/** Workers that came up may have died since, and a dead one gets a while to come back. @throws DeploymentStopped */
export async function requireFleetUp(variants: Variant[]): Promise<void> {
  const up = await Promise.all(variants.map((variant) => variant.isUp()));
  const down = variants.find((_, index) => !up[index]);
  if (down === undefined) return;
  const container = down.deployed.further === undefined ? 'The primary container' : 'A container';
  throw new DeploymentStopped(
    `${container} for production variant ${down.name} did not pass the ping health check. Please check CloudWatch logs for this endpoint.`,
  );
}
