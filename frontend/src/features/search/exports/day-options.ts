/** The days that can be taken home whole, the newest first. */
import { bytes, counted } from '@/lib/format';
import type { StoredDay } from '@/types/shapes';

const MOST = 1_000;

/** engines: only of these; none: of all. */
export function dayOptions(days: readonly StoredDay[], engines: readonly string[]): { value: string; words: string }[] {
  const wanted = new Set(engines);
  return days
    .filter(({ state, class: name, engine }) => state !== 'damaged' && isWanted(wanted, name, engine))
    .sort((one, other) => other.day.localeCompare(one.day) || one.engine.localeCompare(other.engine))
    .slice(0, MOST)
    .map((day) => ({
      value: `${day.class}/${day.engine}/${day.day}`,
      words: `${day.day} ${day.class}/${day.engine}: ${counted(day.rows, 'row')}, ${sizeWords(day)}`,
    }));
}

/** Beside a day that is written lies the log of its changes, often many times larger than the copy will be. */
function sizeWords({ state, bytes: size }: StoredDay): string {
  return state === 'sealed' ? bytes(size) : 'still written';
}

function isWanted(wanted: ReadonlySet<string>, name: string, engine: string): boolean {
  return wanted.size === 0 || wanted.has(engine) || wanted.has(`${name}/${engine}`);
}
