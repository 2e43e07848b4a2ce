export type Executions = {
  /** Starts `model-lifecycle` once per name. */
  startLifecycle(name: string, input: LifecycleInput): Promise<void>;
  /** Status of an execution of `model-lifecycle`, `undefined` when there is none of that name. */
  lifecycleStatus(name: string): Promise<'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED' | undefined>;
};

/** Input of `model-lifecycle`: the same run and attempt give the same bytes. */
export type LifecycleInput = { runId: string; model: string; attempt: number; environments: readonly string[] };
