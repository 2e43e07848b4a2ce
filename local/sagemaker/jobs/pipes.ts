import { join } from 'node:path';
import type { ContainerFolder } from '../containers/container.ts';
import { pythonFile } from '../python-folder.ts';
import type { TrainingJob } from '../state/records.ts';

type Channel = NonNullable<TrainingJob['InputDataConfig']>[number];

export function inputModeOf(job: TrainingJob, channel: Channel): string | undefined {
  return channel.InputMode ?? job.AlgorithmSpecification?.TrainingInputMode;
}

/** Where the objects of a channel lie that the script reads through pipes; it doesn't see them as files. */
export function pipedFolder(folder: ContainerFolder, channelName: string | undefined): string {
  return join(folder.root, 'pipes', String(channelName));
}

/** The command, with what feeds the pipes of the job's channels beside it. */
export function withPipes(job: TrainingJob, folder: ContainerFolder, command: string[]): string[] {
  const piped = (job.InputDataConfig ?? []).filter((channel) => inputModeOf(job, channel) === 'Pipe');
  if (piped.length === 0) return command;
  const channels = piped.map(({ ChannelName, RecordWrapperType }) => [
    ChannelName,
    { folder: pipedFolder(folder, ChannelName), recordIo: RecordWrapperType === 'RecordIO' },
  ]);
  const feeder = ['python3', pythonFile('feed_pipes.py'), '/opt/ml/input/data'];
  return [...feeder, JSON.stringify(Object.fromEntries(channels)), ...command];
}
