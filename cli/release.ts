import { connectControlPlane } from './control-plane.ts';
import { type OperationOptions, readOperation } from './operation-options.ts';
import type { Terminal } from './terminal.ts';

/** `mlops release`: lets runs roll out again to an environment that was rolled back. */
export async function release(options: OperationOptions, terminal: Terminal): Promise<0> {
  const { place, reason } = readOperation(options);
  const controlPlane = await connectControlPlane(options, terminal);
  const { sentence } = await controlPlane.operate(place, 'release', reason);
  terminal.out(sentence);
  return 0;
}
