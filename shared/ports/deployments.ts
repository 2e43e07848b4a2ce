import type { Deployment, LiveDeployment } from '../domain/deployment.ts';

type LeaseRequest = { model: string; environment: string; runId: string; sequence: number; now: string };

/** One run at a time moves an endpoint. The fence rises with every grant; writes of an older fence are refused. */
export type Leases = {
  /** Grants the free lease (or the one that this run holds), else queues the run. */
  acquire(
    request: LeaseRequest,
  ): Promise<{ outcome: 'granted'; fence: number } | { outcome: 'queued'; heldBy: string }>;
  /** Frees the lease and grants it to the next in the queue, whose run id and fence are returned. A run that holds nothing leaves the queue. */
  release(
    model: string,
    environment: string,
    runId: string,
    now: string,
  ): Promise<{ next?: { runId: string; fence: number } }>;
};

export type Deployments = {
  find(model: string, environment: string): Promise<Deployment | undefined>;
  listByModel(model: string): Promise<Deployment[]>;
  /** Records what the endpoint is about to be moved to. @throws WriteConflict when the fence is old or a higher sequence is live */
  prepare(
    model: string,
    environment: string,
    endpointName: string,
    pending: NonNullable<Deployment['pending']>,
  ): Promise<Deployment>;
  /**
   * What is pending of the run becomes `live`, `live` becomes `former`; what is live of it already stays so.
   * @throws WriteConflict when the fence is old; ContractBroken when nothing of the run is pending or live
   */
  conclude(model: string, environment: string, fence: number, runId: string): Promise<LiveDeployment>;
  /** Forgets `pending`: the endpoint stands on `live` again, or is gone. @throws WriteConflict when the fence is old */
  abandon(model: string, environment: string, fence: number): Promise<Deployment>;
  /** The models that ever had a run, by name. */
  listModels(): Promise<string[]>;
};
