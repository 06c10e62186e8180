// What the pages cost in the system's Chromium. One step a run: `node pages.mjs '{"step": "pages", "url": ...}'` prints
// its figures as JSON. benchmarks/ui/run.py starts the server and the sender.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../frontend/package.json', import.meta.url));
const { chromium } = require('@playwright/test');

const asked = JSON.parse(process.argv[2]);
const PASSWORD = 'correct horse battery';
const PAGES = { overview: '/', search: '/search', tail: '/tail', engines: '/engines', engine: '/engines/main', clients: '/clients' };
const TURNS = 3;
const LONG_MS = 120_000;

const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: process.getuid() === 0 ? ['--no-sandbox'] : [],
});
const steps = { 'sign-in': signIn, pages, search, tail };
process.stdout.write(JSON.stringify(await steps[asked.step]()));
await browser.close();

async function signIn() {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(asked.url);
  await page.getByLabel('Setup code').fill(asked.code);
  await page.getByLabel('Name').fill('anna');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Make the admin and sign in' }).click();
  await page.getByRole('navigation', { name: 'Pages' }).waitFor({ timeout: LONG_MS });
  await context.storageState({ path: asked.state });
  return {};
}

/** Each page as somebody meets it for the first time: nothing is in the browser's cache. The best of some turns. */
async function pages() {
  const found = {};
  for (const [name, path] of Object.entries(PAGES)) {
    const turns = [];
    for (let turn = 0; turn < TURNS; turn += 1) turns.push(await visit(path));
    found[name] = turns.sort((one, other) => one.there_ms - other.there_ms)[0];
  }
  return found;
}

async function visit(path) {
  const { context, page, tools } = await opened();
  await page.goto(asked.url + path, { waitUntil: 'commit' });
  await page.getByRole('heading', { level: 1 }).waitFor({ timeout: LONG_MS });
  const there = await page.evaluate(() => performance.now());
  await page.waitForLoadState('networkidle', { timeout: 5_000 }).catch(() => undefined);
  const told = await page.evaluate(() => ({
    painted: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
    script: performance
      .getEntriesByType('resource')
      .filter((each) => each.name.endsWith('.js'))
      .map((each) => each.name),
  }));
  const heap = await heapOf(tools);
  await context.close();
  return { painted_ms: told.painted, there_ms: there, script_bytes: compressed(told.script), heap_bytes: heap };
}

/** As gzip has it: what a proxy before the API sends. */
function compressed(names) {
  const { gzipSync } = require('node:zlib');
  const folder = new URL('../../frontend/dist', import.meta.url);
  const files = [...new Set(names.map((name) => new URL(name).pathname))];
  return files.reduce((sum, file) => sum + gzipSync(readFileSync(new URL(`${folder}${file}`))).length, 0);
}

/** So many rows by scrolling to the end again and again, as a person would. */
async function search() {
  const { context, page, tools } = await opened();
  await page.goto(`${asked.url}/search`);
  const grid = page.getByRole('grid');
  await grid.waitFor({ timeout: LONG_MS });
  const ends = Date.now() + 5 * LONG_MS;
  let rows = 0;
  let most = 0;
  while (rows < asked.rows && Date.now() < ends) {
    const seen = await grid.evaluate((element) => {
      element.scrollTop = element.scrollHeight;
      return [Number(element.getAttribute('aria-rowcount')) - 1, element.querySelectorAll('[role=row]').length];
    });
    rows = seen[0];
    most = Math.max(most, seen[1]);
    await page.waitForTimeout(50);
  }
  const scrolled = await grid.evaluate(async (element) => {
    const step = element.scrollHeight / 600;
    const began = performance.now();
    let frames = 0;
    let most = 0;
    for (element.scrollTop = 0; performance.now() - began < 10_000; frames += 1) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      element.scrollTop += step;
      if (element.scrollTop + element.clientHeight >= element.scrollHeight - 1) element.scrollTop = 0;
      most = Math.max(most, element.querySelectorAll('[role=row]').length);
    }
    return { frames: (1_000 * frames) / (performance.now() - began), most };
  });
  const heap = await heapOf(tools);
  await context.close();
  return { rows, most_row_elements: Math.max(most, scrolled.most), heap_bytes: heap, frames_a_second: scrolled.frames };
}

/** The live tail for so many seconds, all rows that arrive. */
async function tail() {
  const { context, page, tools } = await opened();
  await page.goto(`${asked.url}/tail?most=1000`);
  await page.locator('[role=grid] [data-index]').first().waitFor({ timeout: LONG_MS });
  await page.evaluate(() => {
    const times = [];
    let last = performance.now();
    const turn = (now) => {
      times.push(now - last);
      last = now;
      requestAnimationFrame(turn);
    };
    requestAnimationFrame(turn);
    globalThis.takeFrames = () => times.splice(0);
  });
  const before = await workOf(tools);
  const began = Date.now();
  const frames = [];
  const heaps = [];
  const processes = [];
  let most = 0;
  while (Date.now() - began < 1_000 * asked.seconds) {
    await page.waitForTimeout(Math.min(5_000, 100 * asked.seconds));
    frames.push(...(await page.evaluate(() => globalThis.takeFrames())));
    most = Math.max(most, await page.locator('[role=row]').count());
    heaps.push(await heapOf(tools, false));
    processes.push(await processBytes());
  }
  const seconds = (Date.now() - began) / 1_000;
  const after = await workOf(tools);
  const words = await page.getByRole('group', { name: 'What the live tail does' }).innerText();
  const last = await heapOf(tools);
  await context.close();
  frames.sort((one, other) => one - other);
  const at = (share) => frames[Math.min(frames.length - 1, Math.floor(share * frames.length))];
  return {
    seconds,
    frames_a_second: frames.length / seconds,
    frame_p50_ms: at(0.5),
    frame_p99_ms: at(0.99),
    frame_max_ms: at(1),
    busy_share: (after.TaskDuration - before.TaskDuration) / seconds,
    script_share: (after.ScriptDuration - before.ScriptDuration) / seconds,
    slow_share: frames.filter((each) => each > 50).length / frames.length,
    heap_first_bytes: heaps[Math.floor(heaps.length / 10)],
    heap_last_bytes: last,
    heap_most_bytes: Math.max(...heaps),
    process_most_bytes: Math.max(...processes),
    most_row_elements: most,
    words: words.split('\n').filter((each) => each.trim() !== '').join(', '),
  };
}

async function opened() {
  const context = await browser.newContext({ storageState: asked.state, viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const tools = await context.newCDPSession(page);
  await tools.send('Performance.enable');
  return { context, page, tools };
}

/** What the page's scripts hold; without what is only waiting to be collected, unless that would disturb. */
async function heapOf(tools, isCollected = true) {
  if (isCollected) await tools.send('HeapProfiler.collectGarbage');
  const { metrics } = await tools.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'JSHeapUsedSize').value;
}

/** Seconds that the page's one thread has worked, and those of its scripts. */
async function workOf(tools) {
  const { metrics } = await tools.send('Performance.getMetrics');
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}

/** The largest process that draws a page: what it holds, shared pages counted by their share. */
async function processBytes() {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const sizes = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => pssOf(id));
  return Math.max(0, ...sizes);
}

function pssOf(pid) {
  try {
    return 1_024 * Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
