/** How much of a processor each process takes, from what it had taken at several looks. No React. */
import type { EngineProcess } from '@/types/shapes';

interface Look {
  /** ms since the epoch. */
  at: number;
  /** Seconds of CPU time, by pid. */
  seconds: ReadonlyMap<number, number>;
}

export type Looks = readonly Look[];

/** Between the first look and the last one: short enough to be of now, long enough not to jump. */
const WINDOW_MS = 6_000;

export function looked(looks: Looks, processes: readonly EngineProcess[], at: number): Looks {
  const look = { at, seconds: new Map(processes.map(({ pid, cpu_seconds }) => [pid, cpu_seconds])) };
  const former = looks.filter((each) => each.at < at && at - each.at <= WINDOW_MS);
  return [...former, look];
}

/** 1 is one core; null: not known yet. */
export function shareOf(looks: Looks, pid: number): number | null {
  const last = looks.at(-1);
  const first = looks.find((look) => look.seconds.has(pid));
  const now = last?.seconds.get(pid);
  const then = first?.seconds.get(pid);
  if (last === undefined || first === undefined || now === undefined || then === undefined || last.at <= first.at) {
    return null;
  }
  return Math.max(0, now - then) / ((last.at - first.at) / 1_000);
}

/** `12 %`, `0.4 %`: of one core. */
export function shareInWords(share: number | null): string {
  if (share === null) return '–';
  const percent = share * 100;
  return `${percent < 10 ? percent.toFixed(1) : percent.toFixed(0)} %`;
}
