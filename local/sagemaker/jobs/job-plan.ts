import type { ContainerCommand, ContainerFolder } from '../containers/container.ts';
import type { FolderSync } from './folder-sync.ts';

export type JobOutcome =
  | { outcome: 'completed' }
  | { outcome: 'failed'; reason: string }
  | { outcome: 'stopped'; because: 'asked' | 'max-runtime' };

export type JobStage = 'downloading' | 'running' | 'uploading';

/** How the container ended: by itself, well or not, or stopped. */
export type ContainerEnd = 'completed' | 'failed' | 'stopped';

export type PreparedJob = {
  command: Omit<ContainerCommand, 'logFile' | 'limits'>;
  /** Copied to S3 while the container runs and once more after its end, however it ends. */
  syncs: FolderSync[];
};

/** What makes a processing or a training job: its contract with the container, and what becomes of its record. */
export type JobPlan = {
  arn: string;
  name: string;
  kind: 'processing' | 'training';
  logGroup: string;
  instanceType: string | undefined;
  volumeGb: number;
  maxRuntimeSeconds: number;
  /** Throws JobFailed if no instance is to be had. */
  requireCapacity: () => void;
  entered: (stage: JobStage) => void;
  /** Fills /opt/ml; throws JobFailed. */
  prepare: (folder: ContainerFolder) => Promise<PreparedJob>;
  /** Sees what the container prints, as whole lines. */
  observe?: (lines: string[], at: Date) => void;
  /** The reason that the container left, if it left one. */
  failureMessage: (folder: ContainerFolder, exitCode: number, tail: string) => string;
  /** Takes the results out of /opt/ml. Called for stopped and failed jobs too, as the service does. */
  collect: (folder: ContainerFolder, end: ContainerEnd) => Promise<void>;
  ended: (outcome: JobOutcome) => void;
};
