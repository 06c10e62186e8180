/** Real datagrams, from any address of this machine's loopback network, and no more at once than a receive buffer holds. */
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';

import { until } from './until';

/** Linux's usual buffer has 212,992 bytes, of which a datagram takes far more than its text. */
const PORTION_BYTES = 100_000;
const TAKEN_MS = 120_000;
/** A portion takes an engine about so long, when it has a processor. */
const LOOK_MS = 5;
const SOCKETS = ['/proc/net/udp', '/proc/net/udp6'];

export async function send(port: number, from: string, lines: readonly (string | Buffer)[]): Promise<void> {
  const socket = createSocket('udp4');
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(0, from, () => resolve());
    });
    let room = 0;
    for (const line of lines) {
      const cost = 1_024 + 2 * Buffer.byteLength(line);
      if (cost > room) {
        // An engine that gets no time loses nothing: it is waited for.
        await until(`port ${port} has taken what was sent`, TAKEN_MS, () => Promise.resolve(waitingAt(port) === 0), LOOK_MS);
        room = PORTION_BYTES;
      }
      room -= cost;
      await new Promise<void>((resolve, reject) => {
        socket.send(line, port, '127.0.0.1', (error) => (error === null ? resolve() : reject(error)));
      });
    }
  } finally {
    socket.close();
  }
}

/** Bytes that lie in the receive buffers of a port; null: nobody listens there yet. */
function waitingAt(port: number): number | null {
  const end = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const queues = SOCKETS.flatMap((path) => linesOf(path))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local = '']) => local.endsWith(end))
    .map(([, , , , both = '']) => Number.parseInt(both.split(':')[1] ?? '', 16));
  return queues.length === 0 ? null : queues.reduce((sum, each) => sum + each, 0);
}

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').slice(1);
  } catch {
    // A kernel without IPv6 has no such file.
    return [];
  }
}
