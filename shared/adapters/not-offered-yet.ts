/** A key that later versions of the policy will know; it is refused in words, because ignoring it would promise what nobody does. */
type NotOffered = { path: (string | number)[]; sentence: string };

const says = (what: string, instead: string) => `${what} is not offered yet; ${instead}`;

/** Takes the keys that aren't offered yet out of a policy as it was read, and names each; the rest can then be checked. */
export function takeOutNotOffered(policy: unknown): { rest: unknown; problems: NotOffered[] } {
  if (!isGroup(policy)) return { rest: policy, problems: [] };
  const rest = { ...policy };
  const problems: NotOffered[] = [];
  if (isGroup(rest.approval)) rest.approval = approvalOffered(rest.approval, problems);
  if (Array.isArray(rest.environments)) {
    rest.environments = rest.environments.map((entry: unknown, index) => environmentOffered(entry, index, problems));
  }
  return { rest, problems };
}

function approvalOffered(approval: Group, problems: NotOffered[]): Group {
  let offered = approval;
  if (typeof approval.quorum === 'number' && approval.quorum > 1) {
    problems.push({ path: ['approval', 'quorum'], sentence: says(`approval.quorum ${approval.quorum}`, 'use 1.') });
    offered = without(offered, 'quorum');
  }
  if (Object.hasOwn(approval, 'remindEvery')) {
    problems.push({ path: ['approval', 'remindEvery'], sentence: says('approval.remindEvery', 'remove it.') });
    offered = without(offered, 'remindEvery');
  }
  return offered;
}

function environmentOffered(entry: unknown, index: number, problems: NotOffered[]): unknown {
  if (!isGroup(entry)) return entry;
  let offered = entry;
  if (Object.hasOwn(entry, 'rollback')) {
    problems.push({
      path: ['environments', index, 'rollback'],
      sentence: says(`environments[${index}].rollback`, 'remove it.'),
    });
    offered = without(offered, 'rollback');
  }
  const strategy = isGroup(entry.strategy) ? Object.keys(entry.strategy).join(', ') : entry.strategy;
  if (strategy !== undefined && strategy !== 'all-at-once') {
    const place = `environments[${index}]`;
    problems.push({
      path: ['environments', index, 'strategy'],
      sentence: says(`${place}: strategy \`${String(strategy)}\``, 'use all-at-once.'),
    });
    offered = without(offered, 'strategy');
  }
  return offered;
}

type Group = Record<string, unknown>;

function isGroup(value: unknown): value is Group {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function without(group: Group, key: string): Group {
  return Object.fromEntries(Object.entries(group).filter(([name]) => name !== key));
}
