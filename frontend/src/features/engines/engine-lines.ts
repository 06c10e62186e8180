/** One line an engine: what the list says, made current by the live feed where there is one. No React. */
import { balanceOf, lostOf } from '@/lib/ledger';
import type { EngineListed, EngineSeen, LedgerHistory } from '@/types/shapes';

export interface EngineLine {
  name: string;
  /** false: only some of its clients are seen, and the rest here is not known. */
  isWhole: boolean;
  title: string;
  state: string;
  why: string;
  /** s since the epoch. */
  since: number | null;
  /** What it should be: running or stopped. */
  wanted: string;
  logClass: string;
  port: number | null;
  /** Messages a second; null: not known now, which is not nothing. */
  received: number | null;
  stored: number | null;
  /** Messages since its start. */
  lost: number | null;
  needsRestart: readonly string[];
  /** null: not known. */
  pauseReasons: readonly string[] | null;
}

export function engineLines(
  listed: readonly EngineListed[],
  live: Readonly<Record<string, EngineSeen>> | null,
): EngineLine[] {
  const engines = live === null ? listed : Object.values(live);
  return engines.map(lineOf).sort((one, other) => one.name.localeCompare(other.name, 'en', { numeric: true }));
}

export function lineOf(engine: EngineListed | EngineSeen): EngineLine {
  if (!engine.whole) return glimpsed(engine.engine, engine.state);
  const status = 'ledger' in engine || 'rates' in engine ? engine : null;
  return {
    name: engine.engine,
    isWhole: true,
    title: engine.title,
    state: engine.state,
    why: engine.why,
    since: engine.since,
    wanted: engine.wanted,
    logClass: engine.class,
    port: engine.port,
    received: status?.rates?.received_per_second ?? null,
    stored: status?.rates?.stored_per_second ?? null,
    lost: status?.ledger ? lostOf(balanceOf(status.ledger)) : null,
    needsRestart: engine.needs_restart,
    pauseReasons: status?.pause_reasons ?? null,
  };
}

function glimpsed(name: string, state: string): EngineLine {
  return {
    name,
    isWhole: false,
    title: '',
    state,
    why: '',
    since: null,
    wanted: '',
    logClass: '',
    port: null,
    received: null,
    stored: null,
    lost: null,
    needsRestart: [],
    pauseReasons: null,
  };
}

/** Those in which every word of the text is found: in name, title, class, port or state. */
export function filtered(lines: readonly EngineLine[], text: string): EngineLine[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return lines.filter((line) => {
    const all = [line.name, line.title, line.logClass, line.port ?? '', line.state].join(' ').toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

/** `3 running, 1 failed`: the worst first. */
export function statesInWords(lines: readonly EngineLine[]): string {
  const counts = new Map<string, number>();
  for (const { state } of lines) counts.set(state, (counts.get(state) ?? 0) + 1);
  const rank = (state: string) => (WORST_FIRST.includes(state) ? WORST_FIRST.indexOf(state) : WORST_FIRST.length);
  return [...counts]
    .sort(([one], [other]) => rank(one) - rank(other))
    .map(([state, count]) => `${count} ${state}`)
    .join(', ');
}

const WORST_FIRST = ['failed', 'degraded', 'paused', 'draining', 'starting', 'stopped', 'running'];

/** Received by the minute, by engine; the present minute is not over, and would look like a fall. */
export function lastHour(history: LedgerHistory | undefined): Map<string, readonly number[]> {
  const found = (history?.series ?? []).map(
    // `class/name`, and names have no slash.
    (series) => [series.engine.slice(series.engine.indexOf('/') + 1), (series.counts['received'] ?? []).slice(0, -1)] as const,
  );
  return new Map(found);
}
