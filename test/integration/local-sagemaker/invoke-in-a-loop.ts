import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { runtime } from './clients.ts';

/** Clients that ask an endpoint without a pause, until they are told to stop. */
export function invokeInALoop(endpoint: string, clients: number) {
  const answers: string[] = [];
  const failures: string[] = [];
  let stopped = false;
  const client = async () => {
    while (!stopped) {
      const command = new InvokeEndpointCommand({ EndpointName: endpoint, Body: '1', ContentType: 'text/csv' });
      try {
        answers.push(Buffer.from((await runtime.send(command)).Body).toString());
      } catch (error) {
        failures.push(String(error));
      }
    }
  };
  const running = Promise.all(Array.from({ length: clients }, client));
  return {
    failures,
    /** What came since it was last asked for. */
    taken: () => answers.splice(0),
    stop: async () => {
      stopped = true;
      await running;
    },
  };
}
