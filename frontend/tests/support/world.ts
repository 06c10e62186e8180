/** The engines, devices and people of these tests. */
import { join } from 'node:path';

import type { EngineConfig } from './server';

export const ROUTERS = { 'rtr-dhaka-01': '127.0.1.1', 'rtr-dhaka-02': '127.0.1.2', 'rtr-sylhet-01': '127.0.1.3' } as const;
export const SERVERS = { 'web-1': '127.0.2.1', 'mail-1': '127.0.2.2' } as const;
/** Nobody's client. */
export const STRANGER = '127.0.9.7';

function named(devices: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(devices).map(([name, address]) => [address, name]));
}

export const ENGINES: readonly EngineConfig[] = [
  { name: 'edge', class: 'mikrotik', title: 'Edge routers', clients: named(ROUTERS) },
  { name: 'servers', class: 'linux', title: 'Web and mail', clients: named(SERVERS) },
];

export const PEOPLE = {
  anna: { role: 'admin', scope: {} },
  olga: { role: 'operator', scope: {} },
  bert: { role: 'analyst', scope: {} },
  vera: { role: 'viewer', scope: {} },
  /** Sees the engine `servers` and nothing else. */
  sigi: { role: 'operator', scope: { engines: ['servers'] } },
} as const;
export type Name = keyof typeof PEOPLE;

/** Where a session of somebody is kept for pages. */
export function stateOf(folder: string, name: Name): string {
  return join(folder, `${name}.json`);
}
