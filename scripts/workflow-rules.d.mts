/** Findings in a workflow of the Amazon States Language, one sentence each. */
export function lintWorkflow(machine: {
  StartAt?: string;
  QueryLanguage?: string;
  States?: Record<string, unknown>;
}): string[];
