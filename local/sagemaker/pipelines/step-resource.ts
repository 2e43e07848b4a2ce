import { resourceOfArn } from '../arns.ts';
import type { PipelineStep, ProcessingJob, TrainingJob } from '../state/records.ts';
import type { World } from '../world.ts';

/** As much of the world as is asked. */
type Records = Pick<World, 'store'>;
type Metadata = PipelineStep['metadata'];

export function trainingJobOf(world: Records, { TrainingJob }: Metadata): TrainingJob | undefined {
  return world.store.trainingJobs.get(resourceOfArn(TrainingJob?.Arn ?? '').toLowerCase());
}

export function processingJobOf(world: Records, { ProcessingJob }: Metadata): ProcessingJob | undefined {
  return world.store.processingJobs.get(resourceOfArn(ProcessingJob?.Arn ?? '').toLowerCase());
}

/** What Describe answers for the resource that a step made, and for a Condition step its outcome. */
export function resourceOf(world: Records, metadata: Metadata | undefined): unknown {
  if (metadata?.TrainingJob !== undefined) return trainingJobOf(world, metadata);
  if (metadata?.ProcessingJob !== undefined) return processingJobOf(world, metadata);
  if (metadata?.Model !== undefined) return world.store.models.get(resourceOfArn(metadata.Model.Arn ?? ''));
  if (metadata?.RegisterModel !== undefined) return world.store.packages.get(metadata.RegisterModel.Arn ?? '');
  return metadata?.Condition;
}
