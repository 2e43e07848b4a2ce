import type { OnboardingRecord } from './onboarding.ts';
import type { Gate, Policy } from './policy.ts';

/** One place of the policy that is weaker than the platform allows; `path` leads to the line that must change. */
export type Weakness = { path: (string | number)[]; sentence: string };

/** Every place where the policy is weaker than the onboarding record; the record's placeholders are filled in. */
export function checkFloors(policy: Policy, record: OnboardingRecord): Weakness[] {
  return [
    ...checkModel(policy, record),
    ...checkData(policy, record),
    ...record.floors.gates.flatMap((floor) => checkGate(policy, floor)),
    ...checkApproval(policy, record),
    ...checkEnvironments(policy, record),
    ...checkCapture(policy, record),
  ];
}

function checkModel(policy: Policy, record: OnboardingRecord): Weakness[] {
  if (policy.model === record.model) return [];
  return [
    {
      path: ['model'],
      sentence: `model is \`${policy.model}\`, but the project is onboarded as \`${record.model}\`: write that name.`,
    },
  ];
}

function checkData(policy: Policy, record: OnboardingRecord): Weakness[] {
  return policy.data.flatMap(({ uri }, index) =>
    record.dataLocations.some((location) => liesUnder(uri, location))
      ? []
      : [
          {
            path: ['data', index, 'uri'],
            sentence: `data[${index}].uri ${uri} lies outside the model's data locations (${record.dataLocations.join(', ')}): move the data there or ask the platform team.`,
          },
        ],
  );
}

function liesUnder(uri: string, location: string): boolean {
  const asFolder = uri.endsWith('/') ? uri : `${uri}/`;
  return asFolder.startsWith(location) && !uri.split('/').includes('..');
}

/** A floor is kept by at least one gate of the same kind on the same metric that is as strict, or stricter. */
function checkGate(policy: Policy, floor: Gate): Weakness[] {
  const candidates = policy.evaluation.gates
    .map((gate, index) => ({ gate, index }))
    .filter(({ gate }) => gate.metric === floor.metric && kindOf(gate) === kindOf(floor));
  const [first] = candidates;
  if (!first) {
    return [
      {
        path: ['evaluation', 'gates'],
        sentence: `evaluation.gates lacks the platform's floor: add { ${gateText(floor)} } or a stricter gate.`,
      },
    ];
  }
  if (candidates.some(({ gate }) => isAsStrict(gate, floor))) return [];
  return [
    {
      path: ['evaluation', 'gates', first.index],
      sentence: `evaluation.gates[${first.index}] { ${gateText(first.gate)} } is weaker than the platform's floor { ${gateText(floor)} }.`,
    },
  ];
}

type Kind = 'min' | 'max' | 'versus champion, higher is better' | 'versus champion, lower is better';

function kindOf(gate: Gate): Kind {
  if ('versus' in gate) return `versus champion, ${gate.better} is better`;
  return 'min' in gate ? 'min' : 'max';
}

function isAsStrict(gate: Gate, floor: Gate): boolean {
  return (gate.minRows ?? 0) >= (floor.minRows ?? 0) && boundIsAsStrict(gate, floor);
}

function boundIsAsStrict(gate: Gate, floor: Gate): boolean {
  if ('versus' in gate) return 'versus' in floor && gate.maxRegression <= floor.maxRegression;
  if ('min' in gate) return 'min' in floor && gate.min >= floor.min;
  return 'max' in floor && gate.max <= floor.max;
}

/** The gate as it is written in the policy file. */
export function gateText(gate: Gate): string {
  const rows = gate.minRows === undefined ? '' : `, minRows: ${gate.minRows}`;
  if ('versus' in gate) {
    const better = gate.better === 'lower' ? ', better: lower' : '';
    return `metric: ${gate.metric}, versus: champion, maxRegression: ${gate.maxRegression}${better}${rows}`;
  }
  return `metric: ${gate.metric}, ${'min' in gate ? `min: ${gate.min}` : `max: ${gate.max}`}${rows}`;
}

function checkApproval(policy: Policy, record: OnboardingRecord): Weakness[] {
  const weaknesses: Weakness[] = [];
  if (policy.approval.stewards.group !== record.groups.stewards) {
    weaknesses.push({
      path: ['approval', 'stewards', 'group'],
      sentence: `approval.stewards.group must be \`${record.groups.stewards}\`, the stewards of ${record.model}.`,
    });
  }
  if (record.floors.fourEyes && !policy.approval.fourEyes) {
    weaknesses.push({
      path: ['approval', 'fourEyes'],
      sentence: 'approval.fourEyes is false, but the platform demands four eyes: remove the line or write true.',
    });
  }
  if (policy.approval.quorum < record.floors.quorum) {
    weaknesses.push({
      path: ['approval', 'quorum'],
      sentence: `approval.quorum must be at least ${record.floors.quorum}.`,
    });
  }
  return weaknesses;
}

function checkEnvironments(policy: Policy, record: OnboardingRecord): Weakness[] {
  const names = policy.environments.map(({ name }) => name);
  const wanted = record.floors.environments;
  if (names.join() === wanted.join()) return [];
  return [
    {
      path: ['environments'],
      sentence: `environments are ${names.join(', ')}, but the platform demands ${wanted.join(', ')}, in this order.`,
    },
  ];
}

function checkCapture(policy: Policy, record: OnboardingRecord): Weakness[] {
  return policy.environments.flatMap(({ name, capture }, index) =>
    record.floors.capture.includes(name) && !capture
      ? [
          {
            path: ['environments', index],
            sentence: `environments[${index}] (${name}) must capture: add capture: { percent: 100 }.`,
          },
        ]
      : [],
  );
}
