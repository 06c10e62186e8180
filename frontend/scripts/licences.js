// docs/licences-frontend.md: the packages that pages are built from, and under which licence.
//
// Rules: which packages, and in which versions, is what package-lock.json says; the licence is what the installed package
// says of itself. A package that is not installed in that version, or names no licence, is an error and never a blank.
// Nothing is in the pages that binds who uses them: a licence that is not known to be free of that is an error, too.
//
// `node scripts/licences.js` writes the page; `--check` compares, and says what to run when they differ. `--texts` puts the
// licences themselves beside the built pages, as most of them ask for.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const ROOT = new URL('../', import.meta.url);
const TEXTS = new URL('dist/licences.txt', ROOT);
const PAGE = new URL('../docs/licences-frontend.md', ROOT);

/** Whoever passes the pages on names the authors; more is not asked. */
const FREE = new Set(['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'Apache-2.0', 'OFL-1.1', 'CC0-1.0']);

const INTRODUCTION = `# Licences of the user interface

The pages in \`frontend/dist\` are built from these packages of npm. \`node scripts/licences.js\` (in \`frontend/\`) makes this
page from \`package-lock.json\` and from what each installed package says of itself, and \`npm run lint\` compares. What the
programs themselves install is in [licences.md](licences.md).
`;

function json(path) {
  return JSON.parse(readFileSync(new URL(path, ROOT), 'utf8'));
}

/** What a package says of itself; an error where that is not what the lock says. */
function about(place, version) {
  let told;
  try {
    told = json(`${place}/package.json`);
  } catch {
    throw new Error(`${place} is in the lock but not installed; run: npm install --no-save --ignore-scripts`);
  }
  if (told.version !== version) {
    throw new Error(`${place} ${told.version} is installed, the lock says ${version}; run: npm install --no-save --ignore-scripts`);
  }
  return told;
}

function licenceOf(told) {
  const licence = typeof told.license === 'string' ? told.license : told.license?.type;
  if (typeof licence !== 'string' || licence.trim() === '') throw new Error(`${told.name} names no licence`);
  return licence.trim();
}

/** The project's own page, else where its source is. */
function homeOf(told) {
  if (typeof told.homepage === 'string' && told.homepage !== '') return told.homepage;
  const source = typeof told.repository === 'string' ? told.repository : (told.repository?.url ?? '');
  const named = /^(?:github:)?([\w.-]+\/[\w.-]+)$/.exec(source);
  if (named !== null) return `https://github.com/${named[1]}`;
  return source
    .replace(/^git\+/, '')
    .replace(/^(?:(?:git|ssh):\/\/(?:git@)?|git@)/, 'https://')
    .replace(/^(https:\/\/[\w.-]+):/, '$1/')
    .replace(/\.git$/, '');
}

/** One row a package; of two versions of one package each has its own. */
function rows(places) {
  const found = places.map(([place, { version }]) => {
    const told = about(place, version);
    return [told.name, version, licenceOf(told), homeOf(told)];
  });
  const words = found.map((row) => `| ${row.join(' | ')} |`);
  return [...new Set(words)].sort((one, other) => (one.toLowerCase() < other.toLowerCase() ? -1 : 1));
}

/** The same, of what gets into the pages. */
function free(places) {
  for (const [place, { version }] of places) {
    const told = about(place, version);
    if (!FREE.has(licenceOf(told))) throw new Error(`${told.name} is in the pages under ${licenceOf(told)}: is that what is wanted?`);
  }
  return places;
}

function table(places) {
  return ['| package | version | licence | home |', '|---|---|---|---|', ...rows(places)].join('\n');
}

function installedOf({ packages }) {
  return Object.entries(packages).filter(([place]) => place !== '');
}

/** What is there for tools alone is not in the pages, and types have no code. */
function builtOf(installed) {
  return installed.filter(([place, each]) => !each.dev && !each.devOptional && !place.includes('node_modules/@types/'));
}

/** Of every package in the pages its licence, word for word where it has a file with it. */
function texts() {
  const wholes = free(builtOf(installedOf(json('package-lock.json')))).map(([place, { version }]) => {
    const told = about(place, version);
    const files = readdirSync(new URL(`${place}/`, ROOT)).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name));
    const words = files.map((name) => readFileSync(new URL(`${place}/${name}`, ROOT), 'utf8').trim());
    return [`${told.name} ${version}: ${licenceOf(told)}`, homeOf(told), ...words].filter((part) => part !== '').join('\n\n');
  });
  return `${[...new Set(wholes)].sort().join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

function page() {
  const lock = json('package-lock.json');
  const { devDependencies } = lock.packages[''];
  const installed = installedOf(lock);
  const tools = installed.filter(([place]) => place.replace('node_modules/', '') in devDependencies);
  return [
    INTRODUCTION,
    '## What the pages are built from\n',
    'With all that these packages ask for; not all of it gets into the files.\n',
    table(free(builtOf(installed))),
    '',
    '## What builds, checks and tests them (named in package.json)\n',
    table(tools),
    '',
  ].join('\n');
}

function main() {
  if (process.argv.includes('--texts')) {
    writeFileSync(TEXTS, texts());
    return;
  }
  const wanted = page();
  if (!process.argv.includes('--check')) {
    writeFileSync(PAGE, wanted);
    return;
  }
  let there = '';
  try {
    there = readFileSync(PAGE, 'utf8');
  } catch {
    // It is not there: it differs.
  }
  if (there !== wanted) {
    throw new Error('docs/licences-frontend.md is not what package-lock.json says; run: node scripts/licences.js');
  }
}

try {
  main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
