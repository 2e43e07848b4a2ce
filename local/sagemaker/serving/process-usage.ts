import { execFile, execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';

/** What one process has used so far. */
export type ProcessUsage = { pid: number; parent: number; cpuSeconds: number; residentBytes: number };

/** Linux counts processor time in hundredths of a second for all programs, whatever its own clock. */
const TICKS_A_SECOND = 100;
let pageBytes: number | undefined;

/** Every process of this machine: from /proc, or from `ps` where there is none. */
export async function readProcesses(): Promise<ProcessUsage[]> {
  if (process.platform !== 'linux') return await readPs();
  pageBytes ??= Number(execFileSync('getconf', ['PAGESIZE'], { encoding: 'utf8' }));
  const page = pageBytes;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readStat(Number(name), page));
}

/** A process with all that descend from it, as one. */
export function usageBelow(root: number, processes: ProcessUsage[]): { cpuSeconds: number; residentBytes: number } {
  const children = Map.groupBy(processes, ({ parent }) => parent);
  const sum = { cpuSeconds: 0, residentBytes: 0 };
  const left = processes.filter(({ pid }) => pid === root);
  for (let each = left.pop(); each !== undefined; each = left.pop()) {
    sum.cpuSeconds += each.cpuSeconds;
    sum.residentBytes += each.residentBytes;
    left.push(...(children.get(each.pid) ?? []));
  }
  return sum;
}

/** Fields after the name, which may hold spaces and brackets; see proc_pid_stat(5). */
export function parseStat(pid: number, text: string, page: number): ProcessUsage {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const field = (number: number) => Number(fields[number - 3]);
  return {
    pid,
    parent: field(4),
    cpuSeconds: (field(14) + field(15)) / TICKS_A_SECOND,
    residentBytes: field(24) * page,
  };
}

/** `  412   1  0:01.50  20480`: pid, parent, processor time, which may begin with days (`1-02:03:04`), kilobytes. */
export function parsePs(text: string): ProcessUsage[] {
  return text.split('\n').flatMap((line) => {
    const [pid, parent, time = '', kilobytes] = line.trim().split(/\s+/);
    if (pid === undefined || kilobytes === undefined) return [];
    const [days, clock] = time.includes('-') ? time.split('-') : ['0', time];
    const ofToday = (clock ?? '').split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
    const cpuSeconds = Number(days) * 86_400 + ofToday;
    return [{ pid: Number(pid), parent: Number(parent), cpuSeconds, residentBytes: Number(kilobytes) * 1024 }];
  });
}

function readStat(pid: number, page: number): ProcessUsage[] {
  try {
    return [parseStat(pid, readFileSync(`/proc/${pid}/stat`, 'utf8'), page)];
  } catch {
    return []; // It has ended since it was listed.
  }
}

async function readPs(): Promise<ProcessUsage[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,time=,rss=']);
  return parsePs(stdout);
}
