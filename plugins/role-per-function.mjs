/**
 * A role per function. A function lists what it may do in `iamRoleStatements`; this plugin adds what every function needs:
 * its own log stream and, inside a network, its interface.
 */
const logicalId = (name) => `${name[0].toUpperCase()}${name.slice(1)}`;

export default class RolePerFunction {
  constructor(serverless) {
    this.serverless = serverless;
    serverless.configSchemaHandler.defineFunctionProperties('aws', {
      properties: { iamRoleStatements: { type: 'array', items: { type: 'object' } } },
    });
    // Before the CLI compiles functions: a function with a role of its own gets none from the CLI.
    this.hooks = { 'before:package:setupProviderConfiguration': () => this.addRoles() };
    this.roleOf = (name) => `${logicalId(name)}Role`;
  }

  addRoles() {
    const { service } = this.serverless;
    service.resources ??= {};
    service.resources.Resources ??= {};
    for (const [name, definition] of Object.entries(service.functions)) {
      definition.role = this.roleOf(name);
      service.resources.Resources[this.roleOf(name)] = this.role(definition);
    }
  }

  role(definition) {
    return {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
        },
        Policies: [
          {
            PolicyName: 'function',
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [
                writeOwnLogs(definition.name),
                ...this.joinTheNetwork(),
                ...(definition.iamRoleStatements ?? []),
              ],
            },
          },
        ],
      },
    };
  }

  /** EC2 offers no resource-level permission for the interfaces that Lambda makes. */
  joinTheNetwork() {
    if (this.serverless.service.custom.stageParameters.subnetIds === '') return [];
    return [
      {
        Effect: 'Allow',
        Action: [
          'ec2:CreateNetworkInterface',
          'ec2:DescribeNetworkInterfaces',
          'ec2:DescribeSubnets',
          'ec2:DeleteNetworkInterface',
          'ec2:AssignPrivateIpAddresses',
          'ec2:UnassignPrivateIpAddresses',
        ],
        Resource: '*',
      },
    ];
  }
}

function writeOwnLogs(functionName) {
  return {
    Effect: 'Allow',
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: {
      'Fn::Sub': `arn:\${AWS::Partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:/aws/lambda/${functionName}:*`,
    },
  };
}
