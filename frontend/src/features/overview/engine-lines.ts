/** One line an engine: what the list says, made current by the live feed where there is one; what needs a look first. */
import { balanceOf, lostOf } from '@/lib/ledger';
import type { EngineListed, EngineSeen } from '@/types/shapes';

export interface EngineLine {
  name: string;
  title: string;
  state: string;
  why: string;
  /** s since the epoch. */
  since: number | null;
  logClass: string;
  port: number | null;
  /** null: not known now, which is not nothing. */
  received: number | null;
  /** Messages since it started; null: not known now. */
  lost: number | null;
  needsRestart: boolean;
  needsLook: boolean;
}

/** The worst first; behind them what else needs a look, then those that are as they are to be. */
const WORST = ['failed', 'stopped', 'degraded', 'paused'];
const CALM: ReadonlySet<string> = new Set(['running', 'starting', 'draining']);

export function engineLines(listed: readonly EngineListed[], live: Record<string, EngineSeen> | null): EngineLine[] {
  const engines = live === null ? listed : Object.values(live);
  return engines.map(lineOf).sort((one, other) => rankOf(one) - rankOf(other) || one.name.localeCompare(other.name, 'en', { numeric: true }));
}

function rankOf(line: EngineLine): number {
  if (!line.needsLook) return line.state === 'stopped' ? WORST.length + 2 : WORST.length + 1;
  const place = WORST.indexOf(line.state);
  return place < 0 ? WORST.length : place;
}

function lineOf(engine: EngineListed | EngineSeen): EngineLine {
  if (!engine.whole) {
    const unknown = { title: '', why: '', since: null, logClass: '', port: null, received: null, lost: null };
    const needsLook = !CALM.has(engine.state) && engine.state !== 'stopped';
    return { name: engine.engine, state: engine.state, ...unknown, needsRestart: false, needsLook };
  }
  const rates = 'rates' in engine ? engine.rates : null;
  const ledger = 'ledger' in engine ? engine.ledger : null;
  const needsRestart = engine.needs_restart.length > 0;
  const isAsWanted = CALM.has(engine.state) || (engine.state === 'stopped' && engine.wanted !== 'running');
  return {
    name: engine.engine,
    title: engine.title,
    state: engine.state,
    why: engine.why,
    since: engine.since,
    logClass: engine.class,
    port: engine.port,
    received: rates?.received_per_second ?? null,
    lost: ledger ? lostOf(balanceOf(ledger)) : null,
    needsRestart,
    needsLook: !isAsWanted || needsRestart,
  };
}
