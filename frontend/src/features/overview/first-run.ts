/** Whether this is a first run, and which engine a device should be pointed at. Pure. */
import type { EngineListed, EngineSeen } from '@/types/shapes';

type Whole = Extract<EngineListed | EngineSeen, { whole: true }>;

export interface Door {
  name: string;
  port: number;
  addresses: readonly string[];
  isListening: boolean;
}

/** Engines that can be pointed at: those that listen first. */
export function doorsOf(listed: readonly EngineListed[], live: Record<string, EngineSeen> | null): Door[] {
  const engines: readonly (EngineListed | EngineSeen)[] = live === null ? listed : Object.values(live);
  return engines
    .filter((engine): engine is Whole => engine.whole)
    .map((engine) => ({
      name: engine.engine,
      port: engine.port,
      addresses: engine.settings.addresses,
      isListening: engine.state === 'running' || engine.state === 'degraded',
    }))
    .sort((one, other) => Number(other.isListening) - Number(one.isListening) || one.name.localeCompare(other.name));
}

/** `ports 514 (core) and 5140 (edge)`. */
export function portWords(doors: readonly Door[]): string {
  const named = doors.map((door) => `${door.port} (${door.name})`);
  if (named.length === 1) return `port ${named[0] ?? ''}`;
  return `ports ${named.slice(0, -1).join(', ')} and ${named.at(-1) ?? ''}`;
}
