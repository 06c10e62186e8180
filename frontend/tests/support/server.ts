/** A server of its own: factory, API and engines in a folder of their own, on ports that nobody has. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { until } from './until';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const START_MS = 90_000;
/** Only then is it ended without a word. */
const STOP_MS = 40_000;

export const CLASSES = {
  mikrotik: {
    router_identity: String.raw`\d{2}:\d{2}:\d{2} ([\w-]+) `,
    pppoe: String.raw`in:<pppoe-([A-Za-z\d]+)>`,
    source_ip: String.raw` (\d{1,3}(?:\.\d{1,3}){3}:\d+)->`,
    destination_ip: String.raw`->(\d{1,3}(?:\.\d{1,3}){3}:\d+)`,
  },
  linux: {
    host: String.raw`\d{2}:\d{2}:\d{2} ([\w-]+) `,
    program: String.raw` ([\w-]+)\[\d+\]:`,
    user: String.raw`for (?:invalid user )?(\w+) from`,
    peer: String.raw`from (\d{1,3}(?:\.\d{1,3}){3})`,
  },
};

/** Patterns by field, by class. */
export type Classes = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface EngineConfig {
  name: string;
  class: string;
  title?: string;
  /** Names by address. */
  clients?: Record<string, string>;
}

export class Server {
  readonly folder = mkdtempSync(join(tmpdir(), 'syslogger-ui-'));
  /** UDP ports of the engines, by name. */
  readonly ports: Record<string, number> = {};
  url = '';
  readonly #log = join(this.folder, 'log');
  #child: ChildProcess | null = null;

  static async started(engines: readonly EngineConfig[], classes: Classes = CLASSES): Promise<Server> {
    const server = new Server();
    try {
      await server.#configure(engines, classes);
      await server.start();
    } catch (error) {
      await server.remove();
      throw error;
    }
    return server;
  }

  /** Also again, with all that was stored. */
  async start(): Promise<void> {
    const log = openSync(this.#log, 'a');
    const child = spawn(join(ROOT, '.venv/bin/python'), ['-P', '-m', 'syslogger', 'run', '--config', join(this.folder, 'config.json')], {
      cwd: ROOT,
      stdio: ['ignore', log, log],
    });
    this.#child = child;
    await until('the server is ready', START_MS, async () => {
      if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}: ${readFileSync(this.#log, 'utf8').slice(-1_000)}`);
      const answer = await fetch(`${this.url}/readyz`).catch(() => null);
      return answer?.ok === true;
    });
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    this.#child = null;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    if (child.exitCode !== null) return;
    const hurry = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    child.kill('SIGTERM');
    await gone;
    clearTimeout(hurry);
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  setupCode(): string {
    return readFileSync(join(this.folder, 'data/_control/setup.code'), 'utf8').trim();
  }

  async #configure(engines: readonly EngineConfig[], classes: Classes): Promise<void> {
    const [api, factory] = [await freePort(), await freePort()];
    const listed = [];
    for (const { clients = { '127.0.0.1': 'loopback' }, ...engine } of engines) {
      const port = await freeDatagramPort();
      this.ports[engine.name] = port;
      const allowed = Object.entries(clients).map(([address, name]) => ({ name, address }));
      listed.push({ ...engine, port, workers: 1, clients: allowed });
    }
    const config = {
      ENGINE_CLASSES: classes,
      ENGINES: listed,
      ROOT_SAVED_DATA_DIRECTORY: join(this.folder, 'data'),
      FAST_API_SERVER_PORT: api,
      INTERFACE_FACTORY_PORT: factory,
      RECEIVE: { max_message_bytes: 16_384 },
    };
    writeFileSync(join(this.folder, 'config.json'), JSON.stringify(config));
    this.url = `http://127.0.0.1:${api}`;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}

export async function freeDatagramPort(): Promise<number> {
  const [port = 0] = await freeDatagramPorts(1);
  return port;
}

/** All of them are held until the last one is there: none comes twice. */
export async function freeDatagramPorts(count: number): Promise<number[]> {
  const sockets = await Promise.all(Array.from({ length: count }, heldPort));
  const ports = sockets.map((socket) => socket.address().port);
  await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.close(resolve))));
  return ports;
}

function heldPort(): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.once('error', reject);
    socket.bind(0, () => resolve(socket));
  });
}
