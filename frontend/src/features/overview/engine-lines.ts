/** One line an engine: what the list says, made current by the live feed where there is one. */
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
  stored: number | null;
}

export function engineLines(listed: EngineListed[], live: Record<string, EngineSeen> | null): EngineLine[] {
  const engines = live === null ? listed : Object.values(live);
  return engines.map(lineOf).sort((one, other) => one.name.localeCompare(other.name));
}

function lineOf(engine: EngineListed | EngineSeen): EngineLine {
  if (!engine.whole) {
    const unknown = { title: '', why: '', since: null, logClass: '', port: null, received: null, stored: null };
    return { name: engine.engine, state: engine.state, ...unknown };
  }
  const rates = 'rates' in engine ? engine.rates : null;
  return {
    name: engine.engine,
    title: engine.title,
    state: engine.state,
    why: engine.why,
    since: engine.since,
    logClass: engine.class,
    port: engine.port,
    received: rates?.received_per_second ?? null,
    stored: rates?.stored_per_second ?? null,
  };
}
