/** A server of its own for the tests in the browser, unless SYSLOGGER_URL names one that runs. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PATIENCE_MS = 60_000;

export default async function serve(): Promise<(() => Promise<void>) | undefined> {
  if (process.env['SYSLOGGER_URL'] !== undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'syslogger-ui-'));
  const [api, factory, engine] = await Promise.all([freePort(), freePort(), freePort()]);
  const config = {
    ENGINE_CLASSES: { mikrotik: { pppoe: 'in:<pppoe-([A-Za-z\\d]+)>' } },
    ENGINES: [{ name: 'main', class: 'mikrotik', port: engine, title: 'Edge routers' }],
    ROOT_SAVED_DATA_DIRECTORY: join(folder, 'data'),
    FAST_API_SERVER_PORT: api,
    INTERFACE_FACTORY_PORT: factory,
  };
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  const child = spawn(
    join(ROOT, '.venv/bin/python'),
    ['-P', '-m', 'syslogger', 'run', '--config', join(folder, 'config.json')],
    { cwd: ROOT, stdio: 'ignore' },
  );
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async () => {
    child.kill('SIGTERM');
    await gone;
    rmSync(folder, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${api}`;
  if (!(await isReady(url))) {
    await stop();
    throw new Error('the server for these tests was not ready in time');
  }
  process.env['SYSLOGGER_URL'] = url;
  process.env['SYSLOGGER_SETUP_CODE'] = readFileSync(join(folder, 'data/_control/setup.code'), 'utf8').trim();
  return stop;
}

async function isReady(url: string): Promise<boolean> {
  const end = Date.now() + PATIENCE_MS;
  while (Date.now() < end) {
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.ok === true) return true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return false;
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
