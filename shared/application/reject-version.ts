import type { Run } from '../domain/run.ts';
import type { ModelRegistry } from '../ports/sagemaker.ts';

/** Marks the run's version, where it has one, as Rejected in the registry with the reason; once. */
export async function rejectVersion(
  { registered }: Run,
  reason: string,
  registry: Pick<ModelRegistry, 'describe' | 'setApproval'>,
): Promise<void> {
  if (registered === undefined) return;
  const { approvalStatus } = await registry.describe(registered.modelPackageArn);
  if (approvalStatus !== 'Rejected') await registry.setApproval(registered.modelPackageArn, 'Rejected', reason);
}
