import { availableParallelism, totalmem } from 'node:os';

const GIB = 1024 ** 3;
/** What a job may have of this machine's memory, however large its instance type: the rest of the world runs here too. */
const SHARE_OF_MACHINE = 0.75;

/** What a container may use. Memory is that of all its processes together. */
export type ContainerLimits = { memoryBytes: number; cpus: number; largestFileBytes: number };

/** GiB of memory for each vCPU, by the first letter of the instance family; others are counted like m. */
const GIB_PER_CPU: Record<string, number> = { c: 2, m: 4, r: 8, x: 16, g: 4, p: 8, t: 4 };
const SMALL: Record<string, { cpus: number; gib: number }> = {
  medium: { cpus: 2, gib: 4 },
  large: { cpus: 2, gib: 8 },
};

/** vCPUs and GiB of an instance type, from its name: `ml.c5.2xlarge` has 8 and 16. A name that says nothing counts as large. */
export function sizeOf(instanceType: string | undefined): { cpus: number; gib: number } {
  const [, family = 'm5', size = 'large'] = (instanceType ?? '').split('.');
  const letter = family.charAt(0);
  const perCpu = GIB_PER_CPU[letter] ?? 4;
  const times = /^(\d*)xlarge$/.exec(size);
  if (times !== null) {
    const cpus = 4 * Number(times[1] || 1);
    return { cpus, gib: cpus * perCpu };
  }
  const small = SMALL[size] ?? { cpus: 2, gib: 8 };
  // Burstable types have their memory by size alone; the others by their family.
  return letter === 't' ? small : { cpus: small.cpus, gib: (small.gib * perCpu) / 4 };
}

/** What a container on such an instance gets here: the instance's size, or what this machine can give. */
export function limitsOf(
  instanceType: string | undefined,
  volumeGb: number,
  machine = { cpus: availableParallelism(), memoryBytes: totalmem() },
): ContainerLimits {
  const { cpus, gib } = sizeOf(instanceType);
  return {
    cpus: Math.min(cpus, machine.cpus),
    memoryBytes: Math.min(gib * GIB, Math.floor(machine.memoryBytes * SHARE_OF_MACHINE)),
    largestFileBytes: volumeGb * GIB,
  };
}
