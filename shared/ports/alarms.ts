import type { AlarmDefinition } from '../domain/alarm-definition.ts';

/** Alarms and dashboards of CloudWatch. @throws everywhere: ServiceUnavailable, PermissionRefused */
export type Alarms = {
  /** Creates the alarm or changes it; an alarm that rings goes on ringing. Tags are given when it is created. */
  put(alarm: AlarmDefinition, tags: Readonly<Record<string, string>>): Promise<void>;
  /** A name that no alarm has is no error. */
  remove(names: readonly string[]): Promise<void>;
  putDashboard(name: string, body: string): Promise<void>;
};
