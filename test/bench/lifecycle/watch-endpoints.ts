import { ListEndpointsCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';

const LOOK_EVERY_MS = 100;

/** Adds up how long the endpoints of a model are Creating or Updating: that time is SageMaker's, not the control plane's. */
export function watchEndpoints(model: string): () => number {
  const sagemaker = new SageMakerClient({});
  let busyMs = 0;
  let lookedAt = performance.now();
  let stopped = false;
  const look = async () => {
    const { Endpoints = [] } = await sagemaker.send(new ListEndpointsCommand({ NameContains: model }));
    const now = performance.now();
    if (Endpoints.some(({ EndpointStatus }) => EndpointStatus === 'Creating' || EndpointStatus === 'Updating'))
      busyMs += now - lookedAt;
    lookedAt = now;
  };
  const again = () => {
    if (!stopped) setTimeout(() => void look().then(again, again), LOOK_EVERY_MS);
  };
  again();
  return () => {
    stopped = true;
    return busyMs;
  };
}
