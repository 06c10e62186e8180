/** Where devices send to: the ports of engines that listen. */
import type { EngineListed } from '@/types/shapes';

export interface Port {
  engine: string;
  port: number;
  addresses: readonly string[];
}

export function portsOf(engines: readonly EngineListed[]): Port[] {
  return engines.flatMap((each) =>
    each.whole && each.state === 'running'
      ? [{ engine: each.engine, port: each.port, addresses: each.settings.addresses }]
      : [],
  );
}
