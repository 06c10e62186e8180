/** A server of its own: factory, API and engines in a folder of their own, on ports that nobody has. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server as Listener } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { until } from './until';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const START_MS = 180_000;
/** From here on, and so many; the kernel gives ports above them to whoever connects anywhere. */
const [FIRST_PORT, PORTS] = [12_000, 18_000];
const ANSWER_MS = 10_000;
/** Only then is it ended without a word. */
const STOP_MS = 120_000;

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
    // Nobody else would tell: its folder goes with it.
    child.once('exit', (code, signal) => {
      if (this.#child === child) process.stderr.write(`the server at ${this.url} ended (${code ?? signal ?? ''}): ${this.#lastWords()}\n`);
    });
    await until('the server is ready', START_MS, async () => {
      if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}: ${this.#lastWords()}`);
      const answer = await fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(ANSWER_MS) }).catch(() => null);
      return answer?.ok === true;
    });
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    this.#child = null;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    if (child.exitCode !== null || child.signalCode !== null) return;
    const hurry = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    child.kill('SIGTERM');
    await gone;
    clearTimeout(hurry);
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10 });
  }

  setupCode(): string {
    return readFileSync(join(this.folder, 'data/_control/setup.code'), 'utf8').trim();
  }

  #lastWords(): string {
    return readFileSync(this.#log, 'utf8').slice(-2_000);
  }

  async #configure(engines: readonly EngineConfig[], classes: Classes): Promise<void> {
    const [api = 0, factory = 0] = await freePorts(2);
    const listed = [];
    for (const [place, port] of (await freeDatagramPorts(engines.length)).entries()) {
      const { clients = { '127.0.0.1': 'loopback' }, ...engine } = engines[place] as EngineConfig;
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

/** All of them are held until the last one is there: none comes twice. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => held(listening)));
  const ports = servers.map(({ port }) => port);
  await Promise.all(servers.map(({ one }) => new Promise<void>((resolve) => one.close(() => resolve()))));
  return ports;
}

export async function freeDatagramPort(): Promise<number> {
  const [port = 0] = await freeDatagramPorts(1);
  return port;
}

/** These, too. */
export async function freeDatagramPorts(count: number): Promise<number[]> {
  const sockets = await Promise.all(Array.from({ length: count }, () => held(bound)));
  const ports = sockets.map(({ port }) => port);
  await Promise.all(sockets.map(({ one }) => new Promise<void>((resolve) => one.close(resolve))));
  return ports;
}

/** Something on a port that nobody else has. */
async function held<One>(on: (port: number) => Promise<One>): Promise<{ one: One; port: number }> {
  for (;;) {
    const port = FIRST_PORT + Math.floor(Math.random() * PORTS);
    try {
      return { one: await on(port), port };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
}

function listening(port: number): Promise<Listener> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, () => resolve(server));
  });
}

function bound(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.once('error', reject);
    socket.bind(port, () => resolve(socket));
  });
}
