/**
 * Puts the files of statemachines/ into the template: a state machine's DefinitionString names its file, and `${JudgeEvaluationArn}`
 * in it stands for the function `judgeEvaluation`. The workflow's role may invoke exactly the functions that its definition names.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { load } from 'js-yaml';

const PLACEHOLDER = /\$\{(\w+)Arn\}/g;

export default class WorkflowDefinitions {
  constructor(serverless) {
    this.serverless = serverless;
    this.hooks = { 'after:aws:package:finalize:mergeCustomProviderResources': () => this.putIn() };
  }

  putIn() {
    const { Resources } = this.serverless.service.provider.compiledCloudFormationTemplate;
    const workflows = Object.entries(Resources).filter(
      ([, resource]) => resource.Type === 'AWS::StepFunctions::StateMachine',
    );
    for (const [, { Properties }] of workflows) {
      const file = path.join(this.serverless.serviceDir, Properties.DefinitionString);
      const definition = JSON.stringify(load(readFileSync(file, 'utf8')));
      const names = [...new Set([...definition.matchAll(PLACEHOLDER)].map((match) => match[1]))].sort();
      const arns = Object.fromEntries(names.map((name) => [`${name}Arn`, this.arnOf(name, Resources, file)]));
      Properties.DefinitionString = definition;
      Properties.DefinitionSubstitutions = arns;
      const functions = names.filter((name) => Resources[`${name}LambdaFunction`]).map((name) => arns[`${name}Arn`]);
      allowInvocation(Resources[Properties.RoleArn['Fn::GetAtt'][0]], functions);
    }
  }

  arnOf(name, resources, file) {
    if (resources[`${name}LambdaFunction`]) return { 'Fn::GetAtt': [`${name}LambdaFunction`, 'Arn'] };
    if (resources[name]?.Type === 'AWS::StepFunctions::StateMachine') return { 'Fn::GetAtt': [name, 'Arn'] };
    throw new this.serverless.classes.Error(
      `${file} names \${${name}Arn}, but the template has no function or state machine of that name.`,
    );
  }
}

function allowInvocation(role, functionArns) {
  const [policy] = role.Properties.Policies;
  const statement = policy.PolicyDocument.Statement.find(({ Action }) => Action === 'lambda:InvokeFunction');
  statement.Resource = functionArns;
}
