import { CreateStateMachineCommand, DeleteStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { stepFunctionsExecutions } from '../../shared/adapters/step-functions/executions.ts';
import { anyStage } from '../contract/own-resources.ts';
import { executionsContract } from '../contract/suites/executions.ts';

const stage = anyStage();
const states = new SFNClient({});
let stateMachineArn: string;

beforeAll(async () => {
  const definition = { StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 600, End: true } } };
  const created = await states.send(
    new CreateStateMachineCommand({
      name: `mlops-${stage}-model-lifecycle`,
      roleArn: 'arn:aws:iam::000000000000:role/contract',
      definition: JSON.stringify(definition),
    }),
  );
  stateMachineArn = created.stateMachineArn ?? '';
});

afterAll(async () => {
  await states.send(new DeleteStateMachineCommand({ stateMachineArn }));
});

describe('stepFunctionsExecutions', () => {
  executionsContract(async () =>
    stepFunctionsExecutions({ region: process.env.AWS_REGION ?? '', accountId: '000000000000', stage }),
  );
});
