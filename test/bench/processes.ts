import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

type Process = { pid: number; parent: number; residentMegabytes: number; cpuSeconds: number };

/** Every process of this machine that `ps` shows. */
function allProcesses(): Process[] {
  const text = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,rss=,time='], { encoding: 'utf8' });
  return text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .map(([pid, parent, rss, time = '']) => ({
      pid: Number(pid),
      parent: Number(parent),
      residentMegabytes: Number(rss) / 1024,
      cpuSeconds: secondsOf(time),
    }));
}

/** A process and all that it started, this one's own `ps` left out. */
function familyOf(pid: number, all = allProcesses()): Process[] {
  const own = all.filter((each) => each.pid === pid);
  return [...own, ...all.filter((each) => each.parent === pid).flatMap((child) => familyOf(child.pid, all))];
}

/** Memory of one process, in MB. */
export function residentMegabytes(pid: number): number {
  return allProcesses().find((each) => each.pid === pid)?.residentMegabytes ?? 0;
}

/** Memory of the processes and their children, in MB; what they share is counted once where the system says (Linux). */
export function familyMegabytes(pids: readonly number[]): number {
  const all = allProcesses();
  return pids.flatMap((pid) => familyOf(pid, all)).reduce((sum, each) => sum + ownShare(each), 0);
}

function ownShare({ pid, residentMegabytes: resident }: Process): number {
  try {
    const proportional = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
    return proportional === undefined ? resident : Number(proportional) / 1024;
  } catch {
    return resident; // Another system, or the process has ended meanwhile.
  }
}

/** Processor time that one process has used so far; on Linux in hundredths of a second. */
export function cpuSeconds(pid: number): number {
  try {
    const [, , , , , , , , , , , user, system] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return (Number(user) + Number(system)) / 100;
  } catch {
    return allProcesses().find((each) => each.pid === pid)?.cpuSeconds ?? 0;
  }
}

/** `[[dd-]hh:]mm:ss` as `ps` writes it. */
function secondsOf(time: string): number {
  return time.split(/[-:]/).reduce((sum, part) => sum * 60 + Number(part), 0);
}

/** Looks at a number now and then until it is stopped; answers the highest that it saw. */
export function watchPeak(look: () => number, everyMs: number): () => number {
  let peak = look();
  const timer = setInterval(() => {
    peak = Math.max(peak, look());
  }, everyMs);
  return () => {
    clearInterval(timer);
    return Math.max(peak, look());
  };
}
