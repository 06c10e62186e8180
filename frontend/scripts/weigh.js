// Prints the compressed script of the first page, and fails when it is above the limit.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const LIMIT_BYTES = 350_000;
const dist = new URL('../dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'));

const seen = new Set();
function collect(key) {
  if (seen.has(key)) return;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) collect(next);
}
collect('index.html');
// The first page is loaded on demand, and its charts after it; they count.
for (const key of Object.keys(manifest)) {
  if (['features/overview/', 'features/auth/', 'components/charts/'].some((part) => key.includes(part))) collect(key);
}

const files = [...seen].map((key) => manifest[key].file).filter((file) => file.endsWith('.js'));
const bytes = files.reduce((sum, file) => sum + gzipSync(readFileSync(new URL(file, dist))).length, 0);
const words = `script of the first page: ${(bytes / 1000).toFixed(1)} kB compressed, limit ${LIMIT_BYTES / 1000} kB`;
if (bytes > LIMIT_BYTES) {
  console.error(`${words}: too much`);
  process.exit(1);
}
console.log(words);
