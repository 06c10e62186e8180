/** A server of their own for the tests in the browser: engines, people, and what devices have sent. */
import { request } from '@playwright/test';

import { Person, PASSWORD } from './support/api';
import { chance, routerLine, serverLine } from './support/lines';
import { send } from './support/send';
import { Server } from './support/server';
import { ENGINES, PEOPLE, ROUTERS, SERVERS, stateOf, type Name } from './support/world';

const LINES_EACH = 1_000;

export default async function serve(): Promise<() => Promise<void>> {
  const server = await Server.started(ENGINES);
  try {
    const anna = await Person.madeFirst(request, server.url, 'anna', server.setupCode());
    await populate(server, anna);
    await fill(server);
    await anna.hasStored('', LINES_EACH * (Object.keys(ROUTERS).length + Object.keys(SERVERS).length));
    await anna.leave();
  } catch (error) {
    await server.remove();
    throw error;
  }
  process.env['SYSLOGGER_URL'] = server.url;
  process.env['SYSLOGGER_FOLDER'] = server.folder;
  process.env['SYSLOGGER_PORTS'] = JSON.stringify(server.ports);
  return () => server.remove();
}

/** Everybody, each with a session that pages begin with. */
async function populate({ url, folder }: Server, anna: Person): Promise<void> {
  for (const [name, { role, scope }] of Object.entries(PEOPLE)) {
    if (name !== 'anna') await anna.write('POST', '/users', { name, password: PASSWORD, role, scope });
    const person = name === 'anna' ? anna : await Person.signedIn(request, url, name);
    await person.keep(stateOf(folder, name as Name));
    if (person !== anna) await person.leave();
  }
}

async function fill({ ports }: Server): Promise<void> {
  const random = chance(7);
  const some = (line: typeof routerLine, host: string) => Array.from({ length: LINES_EACH }, () => line(random, host));
  for (const [host, address] of Object.entries(ROUTERS)) await send(ports['edge'] ?? 0, address, some(routerLine, host));
  for (const [host, address] of Object.entries(SERVERS)) await send(ports['servers'] ?? 0, address, some(serverLine, host));
}
