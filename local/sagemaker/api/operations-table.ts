import { operations, runtimeOperations, storedOnly } from './operations.ts';
import type { ServiceModel } from './service-model.ts';

const BEGIN = '<!-- operations: written by `npm run docs:sagemaker` -->';
const END = '<!-- end of operations -->';

/** The guide with its list of operations as they are now: every one of the service models, by kind. */
export function withOperations(guide: string, api: ServiceModel, runtime: ServiceModel): string {
  const [before, rest = ''] = guide.split(BEGIN);
  const after = rest.split(END)[1] ?? '';
  return `${before}${BEGIN}\n${listOf(api, runtime)}\n${END}${after}`;
}

function listOf(api: ServiceModel, runtime: ServiceModel): string {
  const isOffered = (name: string) => Object.hasOwn(operations, name);
  const sections: [string, string[]][] = [
    ['Real', api.operations.filter((name) => isOffered(name) && !storedOnly.has(name))],
    ['Stored only', api.operations.filter((name) => storedOnly.has(name))],
    ['Real, in the runtime API', runtime.operations.filter((name) => runtimeOperations.has(name))],
    ['Absent, in the runtime API', runtime.operations.filter((name) => !runtimeOperations.has(name))],
    ['Absent', api.operations.filter((name) => !isOffered(name))],
  ];
  return sections.map(([title, names]) => sectionOf(title, names)).join('\n\n');
}

function sectionOf(title: string, names: string[]): string {
  const list = names
    .toSorted()
    .map((name) => `\`${name}\``)
    .join(', ');
  return `### ${title} (${names.length})\n${list}`;
}
