import * as z from 'zod';
import { systemTime } from '../../shared/adapters/clock.ts';
import { runRecords } from '../../shared/adapters/run-records.ts';
import { sagemakerModelRegistry } from '../../shared/adapters/sagemaker/model-registry.ts';
import { currentRun } from '../../shared/application/current-run.ts';
import { enterStage } from '../../shared/application/enter-stage.ts';
import { Reasons, WhichRun } from '../../shared/domain/run-end.ts';
import type { Runs } from '../../shared/ports/runs.ts';
import type { ModelRegistry } from '../../shared/ports/sagemaker.ts';
import { defineStep, lambdaStep } from '../../shared/runtime/lambda-step.ts';

export type ApproveModelVersionDeps = {
  runs: Pick<Runs, 'get' | 'update'>;
  registry: Pick<ModelRegistry, 'describe' | 'setApproval'>;
  now: () => string;
};

const Approval = z.object({ outcome: z.enum(['approved', 'blocked']), reasons: Reasons });
type Approval = z.infer<typeof Approval>;

/** State `ApproveModelVersion` of model-lifecycle: the registry hears of the steward's decision, which stands in our own table. */
export const step = defineStep({ input: WhichRun, output: Approval, run: approveModelVersion });

export const handler = lambdaStep(step, (environment) => ({
  ...runRecords(environment),
  registry: sagemakerModelRegistry(),
  now: systemTime,
}));

async function approveModelVersion(
  input: WhichRun,
  { runs, registry, now }: ApproveModelVersionDeps,
): Promise<Approval> {
  const run = await currentRun(runs, input);
  const { approval, registered } = run;
  if (approval === undefined || registered === undefined || approval.artifactSha256 !== registered.artifactSha256) {
    return {
      outcome: 'blocked',
      reasons: ['There is no approval for this very artifact. Push again to ask the stewards anew.'],
    };
  }
  const { approvalStatus } = await registry.describe(registered.modelPackageArn);
  if (approvalStatus === 'Rejected') {
    return {
      outcome: 'blocked',
      reasons: [`Somebody marked version ${registered.version} as Rejected in the model registry.`],
    };
  }
  if (approvalStatus !== 'Approved') {
    const { decidedBy, decidedAt } = approval;
    const description = `Approved by ${decidedBy.name} (@${decidedBy.username}, id ${decidedBy.id}) at ${decidedAt}, run ${run.runId}`;
    await registry.setApproval(registered.modelPackageArn, 'Approved', description);
  }
  await enterStage(runs, run, 'rolling-out', now());
  return { outcome: 'approved', reasons: [] };
}
