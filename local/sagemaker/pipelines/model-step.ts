import type {
  CreateModelInput,
  CreateModelPackageGroupInput,
  CreateModelPackageInput,
} from '@aws-sdk/client-sagemaker';
import { checkRequest, isFields } from '../api/check-request.ts';
import type { Checked } from '../api/checked.ts';
import { resourceOfArn } from '../arns.ts';
import { createModel } from '../resources/model.ts';
import { createModelPackage } from '../resources/model-package.ts';
import { createModelPackageGroup } from '../resources/model-package-group.ts';
import type { PipelineExecution, PipelineStep } from '../state/records.ts';
import type { World } from '../world.ts';
import type { PipelinePlan, PlannedStep } from './definition.ts';
import { invoke } from './invoke.ts';
import { resolveReferences } from './references.ts';
import { resourceName } from './resource-name.ts';
import { resourceTags } from './resource-tags.ts';
import { scopeOf } from './scope.ts';

/**
 * Makes what a Model or RegisterModel step makes, once; undefined, and nothing made, if the execution was stopped while references were
 * resolved. @throws StepFailed, ReferenceBroken
 */
export async function makeModel(
  world: World,
  execution: PipelineExecution,
  plan: PipelinePlan,
  step: PlannedStep,
): Promise<PipelineStep['metadata'] | undefined> {
  const resolved = await resolveReferences(step.arguments, scopeOf(world, execution, plan));
  if (world.store.executions.get(execution.arn)?.status !== 'Executing') return undefined;
  const given = isFields(resolved) ? resolved : {};
  return step.type === 'Model'
    ? { Model: { Arn: create(world, execution, step, given) } }
    : { RegisterModel: { Arn: register(world, execution, step, given) } };
}

function create(world: World, execution: PipelineExecution, step: PlannedStep, given: Record<string, unknown>): string {
  const request = {
    ExecutionRoleArn: execution.roleArn,
    ...given,
    Tags: resourceTags(execution, step, given),
    ModelName: resourceName(execution, step, given.ModelName, world.newId(10)),
  };
  return invoke(world, 'CreateModel', () => {
    const checked = checkRequest(world.model, 'CreateModelInput', request);
    return createModel(world, checked as Checked<CreateModelInput>).ModelArn;
  });
}

/** The group is made if there is none, and has the step's tags: a version has none of its own. */
function register(
  world: World,
  execution: PipelineExecution,
  step: PlannedStep,
  given: Record<string, unknown>,
): string {
  const { Tags: tags, ...rest } = given;
  const { ModelPackageGroupName: group } = given;
  if (typeof group === 'string' && world.store.packageGroups.get(resourceOfArn(group).toLowerCase()) === undefined) {
    invoke(world, 'CreateModelPackageGroup', () => {
      const request = { ModelPackageGroupName: resourceOfArn(group), ...(tags === undefined ? {} : { Tags: tags }) };
      const checked = checkRequest(world.model, 'CreateModelPackageGroupInput', request);
      createModelPackageGroup(world, checked as Checked<CreateModelPackageGroupInput>);
    });
  }
  const request = group === undefined ? { ...rest, Tags: resourceTags(execution, step, given) } : rest;
  return invoke(world, 'CreateModelPackage', () => {
    const checked = checkRequest(world.model, 'CreateModelPackageInput', request);
    return createModelPackage(world, checked as Checked<CreateModelPackageInput>).ModelPackageArn;
  });
}
