import type { Deployment } from '../domain/deployment.ts';
import { describeEvent } from '../domain/describe-event.ts';
import type { Deployments } from '../ports/deployments.ts';
import type { Timeline } from '../ports/runs.ts';
import type { Hosting } from '../ports/sagemaker.ts';
import { type SettleEndpointDeps, settleMove } from './settle-endpoint.ts';

export type MoveEndpointDeps = Omit<SettleEndpointDeps, 'deployments'> & {
  deployments: Pick<Deployments, 'prepare'>;
  hosting: Pick<Hosting, 'describeEndpoint' | 'createEndpoint' | 'updateEndpoint'>;
  timeline: Pick<Timeline, 'record'>;
};

type Move = {
  place: Pick<Deployment, 'model' | 'environment' | 'endpointName'>;
  action: 'create' | 'update' | 'wait';
  pending: NonNullable<Deployment['pending']>;
  /** What the workflow waits for. */
  subject: string;
  /** Of an endpoint that is created. */
  tags: Record<string, string>;
  /** Tells this move from an earlier one of the same version. */
  again: number | string;
};

/**
 * What the endpoint is to become is recorded before it is touched, and that it was touched afterwards. So a crash anywhere leaves
 * an endpoint whose configuration somebody recorded, and a repetition goes on from there.
 */
export async function moveEndpoint(move: Move, deps: MoveEndpointDeps): Promise<void> {
  const { deployments, hosting, now } = deps;
  const { place, action, pending, subject } = move;
  const { model, environment, endpointName } = place;
  await deployments.prepare(model, environment, endpointName, pending);
  if (action === 'create') await hosting.createEndpoint(endpointName, pending.endpointConfigName, move.tags);
  if (action === 'update') await hosting.updateEndpoint(endpointName, pending.endpointConfigName);
  const towards = { towards: 'pending' as const, subject, since: now() };
  const moved = await deployments.prepare(model, environment, endpointName, { ...pending, move: towards });
  await recordMove(move, deps);
  await settleMove(moved, deps);
}

async function recordMove({ place, action, pending, again }: Move, { timeline, now }: MoveEndpointDeps): Promise<void> {
  if (action === 'wait') return;
  const { environment, endpointName } = place;
  const summary =
    action === 'create'
      ? `The endpoint ${endpointName} is being created.`
      : `The endpoint ${endpointName} is being moved to a new configuration.`;
  const detail = { endpointName, endpointConfigName: pending.endpointConfigName };
  await timeline.record(
    describeEvent(pending.runId, 'endpoint-updated', now(), { summary, environment, again, detail }),
  );
}
