/** What these pages have to know of an engine. */
import type { Named } from '@/lib/cidr';
import type { EngineListed, EngineSeen } from '@/types/shapes';

export interface EngineFacts {
  name: string;
  state: string;
  /** null where only some clients of the engine are seen: then nothing of it can be changed, either. */
  whole: {
    logClass: string;
    port: number;
    addresses: readonly string[];
    clients: readonly Named[];
    /** Messages of unknown senders since its start; null: it does not count now. */
    refused: number | null;
  } | null;
}

export function factsOf(engines: readonly (EngineListed | EngineSeen)[]): EngineFacts[] {
  return engines
    .map((engine) => ({ name: engine.engine, state: engine.state, whole: engine.whole ? wholeOf(engine) : null }))
    .sort((one, other) => one.name.localeCompare(other.name));
}

function wholeOf(engine: Extract<EngineListed | EngineSeen, { whole?: true }>): EngineFacts['whole'] {
  return {
    logClass: engine.class,
    port: engine.port,
    addresses: engine.settings.addresses,
    clients: engine.settings.clients,
    refused: 'ledger' in engine ? (engine.ledger?.refused ?? null) : null,
  };
}

/** Engines that may have unknown senders: where nothing was refused, nobody has to be asked for. */
export function enginesToAsk(
  facts: readonly EngineFacts[],
  chosen: string | null,
  isLive: boolean,
): { name: string; refused: number | null }[] {
  return facts.flatMap(({ name, whole }) => {
    if (whole === null || (chosen !== null && name !== chosen)) return [];
    const refused = isLive ? whole.refused : null;
    return isLive && (refused ?? 0) === 0 ? [] : [{ name, refused }];
  });
}
