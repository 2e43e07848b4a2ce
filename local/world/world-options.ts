import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { isPartName, type PartName, partNames, partTitles } from './part-names.ts';
import { defaultPorts, findFreePorts, type Ports } from './ports.ts';
import { projectRoot } from './project-root.ts';
import { WorldError } from './world-error.ts';

export const commands = ['start', 'env', 'prepare', 'reset'] as const;
export type Command = (typeof commands)[number];

export interface WorldArguments {
  readonly command: Command;
  readonly help: boolean;
  readonly parts: readonly PartName[];
  readonly ports: Ports;
  /** Absolute path. */
  readonly stateFolder: string;
}

const portOptions = Object.fromEntries(partNames.map((part) => [`${part}-port`, { type: 'string' as const }]));

/** Options of `npm run local` and of the demo, which starts the same world. Port options win over MLOPS_<PART>_PORT. */
export async function parseWorldArguments(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<WorldArguments> {
  const { values, positionals } = parse(argv);
  const [command = 'start', ...more] = positionals;
  const known = commands.find((name) => name === command);
  if (known === undefined || more.length > 0) {
    throw new WorldError(
      `Unknown command "${positionals.join(' ')}": it is one of ${commands.join(', ')}, or none to start. See --help.`,
    );
  }
  const base = values['free-ports'] === true ? await findFreePorts() : defaultPorts;
  return {
    command: known,
    help: values.help === true,
    parts: parseParts(values.only),
    ports: readPorts(base, values, environment),
    stateFolder: resolve(projectRoot, stringOf(values['state-folder']) ?? environment.MLOPS_STATE_FOLDER ?? '.local'),
  };
}

type Values = Readonly<Record<string, string | boolean | undefined>>;

function parse(argv: readonly string[]): { values: Values; positionals: string[] } {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        ...portOptions,
        only: { type: 'string' },
        'state-folder': { type: 'string' },
        'free-ports': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (cause) {
    throw new WorldError(`${cause instanceof Error ? cause.message.split('. ')[0] : String(cause)}: see --help.`, {
      cause,
    });
  }
}

function parseParts(only: string | boolean | undefined): PartName[] {
  const text = stringOf(only);
  if (text === undefined) return [...partNames];
  const names = new Set(text.split(',').map((name) => name.trim()));
  return [...names].map((name) => {
    if (isPartName(name)) return name;
    throw new WorldError(`--only names "${name}", which is no part: the parts are ${partNames.join(', ')}.`);
  });
}

function readPorts(base: Ports, values: Values, environment: Readonly<Record<string, string | undefined>>): Ports {
  const ports: Record<PartName, number> = { ...base };
  for (const part of partNames) {
    const variable = `MLOPS_${part.toUpperCase()}_PORT`;
    const text = stringOf(values[`${part}-port`]) ?? environment[variable];
    if (text !== undefined) ports[part] = parsePort(part, text, variable);
  }
  for (const part of partNames) {
    const other = partNames.find((name) => name !== part && ports[name] === ports[part]);
    if (other)
      throw new WorldError(
        `Port ${ports[part]} is chosen for both ${partTitles[part]} and ${partTitles[other]}: choose two.`,
      );
  }
  return ports;
}

function parsePort(part: PartName, text: string, variable: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new WorldError(
    `"${text}" is no port for ${partTitles[part]}: --${part}-port and ${variable} take a number from 1 to 65535.`,
  );
}

const stringOf = (value: string | boolean | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;

export const worldHelp = `npm run local [-- options]           starts the world and stays up until Ctrl-C
npm run -s local -- env              prints export lines for the started parts; exits 1 until all are ready
npm run local -- prepare             installs what is missing and ends
npm run local -- reset               forgets state and logs (keeps the installed Python packages)

Options
  --only aws,sagemaker               starts these parts only (${partNames.join(', ')}); deploys only if all run
${partNames.map((part) => `  --${`${part}-port <number>`.padEnd(32)} ${partTitles[part]}: ${defaultPorts[part]}, or MLOPS_${part.toUpperCase()}_PORT`).join('\n')}
  --free-ports                       any free ports instead of those above
  --state-folder <folder>            where state and logs live: .local, or MLOPS_STATE_FOLDER
`;
