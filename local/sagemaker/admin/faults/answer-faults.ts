import * as z from 'zod';
import { Fault } from './fault.ts';
import type { Faults } from './faults.ts';

/** What faults touch. */
type Surroundings = {
  configuration: { faults: boolean };
  faults: Faults;
  hosting: { killWorkers: (endpoint: string, variant: string | undefined) => number };
};

type AdminRequest = { method: string; path: string; contentType: string | undefined; body: string };
type AdminAnswer = { status: number; document: unknown };

const PATH = '/_local/faults';

export function isFaultsPath(path: string): boolean {
  return path === PATH || path.startsWith(`${PATH}/`);
}

/** `GET`, `POST` and `DELETE /_local/faults`, and `DELETE /_local/faults/<id>`; off unless LOCAL_SAGEMAKER_FAULTS is `on`. */
export function answerFaults(world: Surroundings, request: AdminRequest): AdminAnswer {
  if (!world.configuration.faults)
    return problem(404, 'Faults on demand are off: start the local SageMaker with LOCAL_SAGEMAKER_FAULTS=on.');
  const id = request.path.slice(PATH.length + 1);
  if (request.method === 'GET' && id === '')
    return { status: 200, document: { faults: world.faults.all().map(shown) } };
  if (request.method === 'POST' && id === '') return addFault(world, request);
  if (request.method !== 'DELETE') return problem(405, `${request.method} ${request.path} is not offered.`);
  if (id === '') world.faults.clear();
  else if (!world.faults.remove(id))
    return problem(404, `There is no fault ${id}: it has struck its last time, or never was.`);
  return { status: 200, document: { faults: world.faults.all().map(shown) } };
}

function addFault(world: Surroundings, { contentType, body }: AdminRequest): AdminAnswer {
  // A page of the web that a browser shows can't send this type here without being asked whether it may.
  if (contentType?.split(';')[0]?.trim() !== 'application/json')
    return problem(415, 'Send a fault with the header "content-type: application/json".');
  const parsed = Fault.safeParse(jsonOf(body));
  if (!parsed.success) return problem(400, `That is no fault:\n${z.prettifyError(parsed.error)}`);
  const fault = parsed.data;
  if (fault.kind !== 'kill-worker') return { status: 201, document: shown(world.faults.add(fault)) };
  const killed = world.hosting.killWorkers(fault.endpoint, fault.variant);
  if (killed === 0)
    return problem(404, `No worker of ${[fault.endpoint, fault.variant].filter(Boolean).join('/')} is running.`);
  return { status: 200, document: { ...fault, killed } };
}

function shown({ id, fault, struck }: ReturnType<Faults['add']>): unknown {
  return { id, ...fault, struck };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // What isn't JSON is no fault either, and is refused as such.
  }
}

function problem(status: number, error: string): AdminAnswer {
  return { status, document: { error } };
}
