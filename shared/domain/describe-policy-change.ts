import type { EnvironmentPolicy, Gate, Policy } from './policy.ts';
import type { PolicyChange } from './review-packet.ts';

type Line = { text: string; strictness?: number };

/** What the policy says now and did not say for the live version, line by line; the weaker lines first. */
export function describePolicyChange(before: Policy, after: Policy): PolicyChange[] {
  const former = linesOf(before);
  const present = linesOf(after);
  const names = [...new Set([...former.keys(), ...present.keys()])];
  return names
    .flatMap((what): PolicyChange[] => {
      const was = former.get(what);
      const is = present.get(what);
      if (was?.text === is?.text) return [];
      return [
        {
          what,
          ...(was && { before: was.text }),
          ...(is && { after: is.text }),
          direction: directionOf(what, was, is),
        },
      ];
    })
    .sort((a, b) => ORDER.indexOf(a.direction) - ORDER.indexOf(b.direction));
}

const ORDER = ['weaker', 'stricter', 'other'];

function directionOf(what: string, was: Line | undefined, is: Line | undefined): PolicyChange['direction'] {
  if (was?.strictness !== undefined && is?.strictness !== undefined)
    return is.strictness > was.strictness ? 'stricter' : 'weaker';
  if (!what.startsWith('gate ')) return 'other';
  return was === undefined ? 'stricter' : 'weaker';
}

/** The policy as lines: a name that stays the same when the line's value changes, and the value in words. */
function linesOf(policy: Policy): Map<string, Line> {
  const lines = new Map<string, Line>();
  for (const gate of policy.evaluation.gates) addGate(lines, gate);
  lines.set('four eyes', {
    text: policy.approval.fourEyes ? 'required' : 'not required',
    strictness: policy.approval.fourEyes ? 1 : 0,
  });
  lines.set('risk tier', { text: policy.riskTier });
  lines.set('stewards', { text: policy.approval.stewards.group });
  lines.set('approval expires after', { text: policy.approval.expiresAfter });
  lines.set('environments', { text: policy.environments.map(({ name }) => name).join(' → ') });
  for (const environment of policy.environments)
    lines.set(`environment ${environment.name}`, { text: inWords(environment) });
  for (const { name, uri } of policy.data) lines.set(`data ${name}`, { text: uri });
  for (const [name, value] of Object.entries(policy.pipeline.parameters))
    lines.set(`parameter ${name}`, { text: String(value) });
  lines.set('pipeline definition', { text: policy.pipeline.definition });
  lines.set('evaluation report', { text: policy.evaluation.report });
  lines.set('smoke test inputs', { text: policy.smokeTest.records });
  const { tolerance, latencyP95Ms } = policy.smokeTest;
  lines.set('smoke test tolerance', { text: String(tolerance), strictness: -tolerance });
  if (latencyP95Ms !== undefined)
    lines.set('smoke test p95 latency', { text: `≤ ${latencyP95Ms} ms`, strictness: -latencyP95Ms });
  lines.set('labels of issues', { text: policy.feedback.issueLabels.join(', ') });
  addMonitoring(lines, policy);
  return lines;
}

function addMonitoring(lines: Map<string, Line>, { monitoring, feedback: { retrain } }: Policy): void {
  const { drift, latency } = monitoring ?? {};
  if (drift !== undefined) {
    const { schedule, window, alert, showUnseenValues } = drift;
    const shown = showUnseenValues ? ', unseen values shown' : '';
    const text = `${schedule} over ${window}, alert from ${alert.features} of the features in ${alert.consecutive} windows${shown}`;
    lines.set('drift monitoring', { text });
  }
  if (latency !== undefined) {
    const { target, withinMs } = latency.slo;
    lines.set('latency objective', { text: `${target} of the requests within ${withinMs} ms` });
  }
  if (retrain !== undefined)
    lines.set('retraining', {
      text: `on ${retrain.on.join(', ')}, every ${retrain.cooldown} at most, ${retrain.maxPerWeek} a week`,
    });
}

function addGate(lines: Map<string, Line>, gate: Gate): void {
  const { kind, text, strictness } = inGateWords(gate);
  const rows = gate.minRows === undefined ? '' : `, on at least ${gate.minRows} rows`;
  const name = `gate ${gate.metric} ${kind}`;
  // Two gates of one kind on one metric are both kept.
  const free = lines.has(name) ? `${name} (${lines.size})` : name;
  lines.set(free, gate.minRows === undefined ? { text, strictness } : { text: `${text}${rows}` });
}

function inGateWords(gate: Gate): { kind: string; text: string; strictness: number } {
  if ('min' in gate) return { kind: '(floor)', text: `≥ ${gate.min}`, strictness: gate.min };
  if ('max' in gate) return { kind: '(ceiling)', text: `≤ ${gate.max}`, strictness: -gate.max };
  return {
    kind: '(versus champion)',
    text: `at most ${gate.maxRegression} worse, ${gate.better} is better`,
    strictness: -gate.maxRegression,
  };
}

function inWords({ instanceCount, instanceType, strategy, capture }: EnvironmentPolicy): string {
  const captured =
    capture === undefined ? 'no capture' : `capture of ${capture.percent} % kept ${capture.retainDays} days`;
  return `${instanceCount} × ${instanceType}, ${strategy}, ${captured}`;
}
