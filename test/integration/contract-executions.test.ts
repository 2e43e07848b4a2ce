import { CreateStateMachineCommand, DeleteStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { namedExecutions } from '../../shared/adapters/step-functions/named-executions.ts';
import { anyStage, makeWorkflowRole } from '../contract/own-resources.ts';
import { executionsContract } from '../contract/suites/executions.ts';

const stage = anyStage();
const states = new SFNClient({});
let stateMachineArn: string;
let role: Awaited<ReturnType<typeof makeWorkflowRole>>;

beforeAll(async () => {
  role = await makeWorkflowRole([{ Effect: 'Deny', Action: '*', Resource: '*' }]);
  const definition = { StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 600, End: true } } };
  const created = await states.send(
    new CreateStateMachineCommand({
      name: `mlops-${stage}-model-lifecycle`,
      roleArn: role.roleArn,
      definition: JSON.stringify(definition),
    }),
  );
  stateMachineArn = created.stateMachineArn ?? '';
});

afterAll(async () => {
  await states.send(new DeleteStateMachineCommand({ stateMachineArn }));
  await role.remove();
});

describe('namedExecutions', () => {
  executionsContract(async () =>
    namedExecutions({ region: process.env.AWS_REGION ?? '', accountId: '000000000000', stage }, 'model-lifecycle'),
  );
});
