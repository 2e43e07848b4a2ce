/**
 * Rules for a workflow (Amazon States Language with JSONata) beyond the language's own schema. Each finding is one sentence
 * that names the state.
 */
import jsonata from 'jsonata';

/** Functions that Step Functions adds to JSONata 2.0.6, and the one that it takes away. */
const FORBIDDEN_FUNCTION = /\$eval\s*\(/;
const EXPRESSION = /^\{%([\s\S]*)%\}$/;

/** @param {{StartAt?: string, QueryLanguage?: string, States?: Record<string, any>}} machine @returns {string[]} */
export function lintWorkflow(machine) {
  const states = Object.entries(machine.States ?? {});
  return [
    ...(machine.QueryLanguage === 'JSONata' ? [] : ['the workflow says no QueryLanguage: JSONata.']),
    ...lintMachine(machine, states),
    ...states.flatMap(([name, state]) => lintItems(name, state)),
  ];
}

function lintMachine(machine, states) {
  return [
    ...findMissing(machine, states),
    ...findUnreachable(machine, states),
    ...states.flatMap(([name, state]) => [
      ...lintTask(name, state),
      ...lintSucceed(name, state),
      ...lintExpressions(name, state),
    ]),
  ];
}

/** What a Map does with each item is a machine of its own. */
function lintItems(name, { Type, ItemProcessor }) {
  if (Type !== 'Map' || ItemProcessor === undefined) return [];
  const states = Object.entries(ItemProcessor.States ?? {});
  const findings = [
    ...lintMachine(ItemProcessor, states),
    ...states.flatMap(([inner, state]) => lintItems(inner, state)),
  ];
  return findings.map((finding) => `${name}, each item: ${finding}`);
}

/** Every place that a state may go to. */
function targetsOf(state) {
  const choices = (state.Choices ?? []).map(({ Next }) => Next);
  const catches = (state.Catch ?? []).map(({ Next }) => Next);
  return [state.Next, state.Default, ...choices, ...catches].filter((target) => target !== undefined);
}

function findMissing(machine, states) {
  const known = new Set(states.map(([name]) => name));
  const start = known.has(machine.StartAt) ? [] : [`StartAt names ${machine.StartAt}, which is no state.`];
  const missing = states.flatMap(([name, state]) =>
    targetsOf(state)
      .filter((target) => !known.has(target))
      .map((target) => `${name} goes on to ${target}, which is no state.`),
  );
  const openEnded = states
    .filter(([, state]) => state.Type === 'Choice' && state.Default === undefined)
    .map(([name]) => `${name} has no Default: a value that nobody thought of would fail the execution.`);
  return [...start, ...missing, ...openEnded];
}

function findUnreachable(machine, states) {
  const byName = new Map(states);
  const reached = new Set();
  const queue = [machine.StartAt];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (reached.has(name) || !byName.has(name)) continue;
    reached.add(name);
    queue.push(...targetsOf(byName.get(name)));
  }
  return states.filter(([name]) => !reached.has(name)).map(([name]) => `${name} is never reached.`);
}

function lintTask(name, state) {
  const findings = [];
  if (state.Type === 'Task' && !Number.isInteger(state.TimeoutSeconds)) {
    findings.push(`${name} has no literal TimeoutSeconds: a lost answer would let it wait for a year.`);
  }
  for (const retry of state.Retry ?? []) {
    const what = `${name}, Retry of ${(retry.ErrorEquals ?? []).join(', ')}`;
    if (retry.JitterStrategy !== 'FULL') findings.push(`${what}: has no jitter (JitterStrategy: FULL).`);
    if (!Number.isInteger(retry.MaxAttempts)) findings.push(`${what}: says no MaxAttempts.`);
    if ((retry.ErrorEquals ?? []).some((error) => error === 'States.ALL' || error === 'States.TaskFailed')) {
      findings.push(`${what}: repeats every error; name those that may pass.`);
    }
  }
  return findings;
}

/** Some engines leave the Output of a Succeed state out. */
function lintSucceed(name, state) {
  return state.Type === 'Succeed' && state.Output !== undefined
    ? [`${name} is a Succeed state with an Output; give the Output to the state before it.`]
    : [];
}

function lintExpressions(name, state) {
  return stringsIn(state).flatMap((text) => {
    if (!text.includes('{%') && !text.includes('%}')) return [];
    const code = EXPRESSION.exec(text)?.[1];
    if (code === undefined) return [`${name}: ${text} is no expression; it must begin with {% and end with %}.`];
    if (FORBIDDEN_FUNCTION.test(code)) return [`${name}: ${text} calls $eval, which Step Functions doesn't offer.`];
    try {
      jsonata(code);
      return [];
    } catch (error) {
      return [`${name}: ${text} doesn't parse: ${error.message}.`];
    }
  });
}

function stringsIn(value) {
  if (typeof value === 'string') return [value];
  if (value === null || typeof value !== 'object') return [];
  return Object.values(value).flatMap(stringsIn);
}
