import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export type Resource = {
  Type: string;
  DependsOn?: string[];
  DeletionPolicy?: string;
  Properties: Record<string, unknown>;
};
export type Template = { Resources: Record<string, Resource> };

/** Packages the service as `npm run package` does, offline, and returns the compiled template. */
export function packagedTemplate(stage: string, parameters: Record<string, string> = {}): Template {
  const folder = mkdtempSync(path.join(tmpdir(), 'mlops-package-'));
  try {
    const flags = Object.entries(parameters).flatMap(([name, value]) => ['--param', `${name}=${value}`]);
    execFileSync('node_modules/.bin/serverless', ['package', '--stage', stage, '--package', folder, ...flags], {
      stdio: 'pipe',
    });
    return JSON.parse(readFileSync(path.join(folder, 'cloudformation-template-update-stack.json'), 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function ofType(template: Template, type: string): [string, Record<string, unknown>][] {
  return Object.entries(template.Resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([name, resource]) => [name, resource.Properties]);
}

export type Statement = {
  Sid?: string;
  Effect: string;
  Action: string | string[];
  Resource?: unknown;
  Condition?: Record<string, unknown>;
};

/** Every statement of every inline policy of a role. */
export function statementsOf(role: Record<string, unknown>): Statement[] {
  const policies = (role.Policies ?? []) as { PolicyDocument: { Statement: Statement[] } }[];
  return policies.flatMap((policy) => policy.PolicyDocument.Statement);
}

export function actionsOf(statement: Statement): string[] {
  return [statement.Action].flat();
}
