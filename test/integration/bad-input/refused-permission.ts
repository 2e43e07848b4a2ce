import { DeleteRolePolicyCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { TABLE } from './onlooker.ts';

const PolicyName = 'refused-for-a-test';

/** Takes one right from a function, as an account's guard rail would; the answer gives it back. */
export async function refusePermission(functionName: string, action: string): Promise<() => Promise<void>> {
  const iam = new IAMClient({});
  const { Role = '' } = await new LambdaClient({}).send(
    new GetFunctionConfigurationCommand({ FunctionName: `${TABLE}-${functionName}` }),
  );
  const RoleName = Role.slice(Role.lastIndexOf('/') + 1);
  const Statement = [{ Effect: 'Deny', Action: action, Resource: '*' }];
  await iam.send(
    new PutRolePolicyCommand({
      RoleName,
      PolicyName,
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
    }),
  );
  return async () => {
    await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
  };
}
