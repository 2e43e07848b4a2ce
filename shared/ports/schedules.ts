/** Starts a workflow again and again. `expression` as EventBridge Scheduler writes it, in UTC. */
export type Schedule = { name: string; expression: string; input: string; description: string };

/** The schedules of the stage's group; each starts the workflow `monitor-window`. @throws everywhere: ServiceUnavailable, PermissionRefused */
export type Schedules = {
  /** Creates the schedule or makes it as it is given. */
  ensure(schedule: Schedule): Promise<void>;
  /** One that isn't there is no error. */
  remove(name: string): Promise<void>;
};
