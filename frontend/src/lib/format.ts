/** Numbers, sizes and times as people read them. */

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });

export function count(value: number): string {
  return whole.format(value);
}

const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });

const compactWhole = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 0 });

/** `50`, `2K`, `1.5M`, `102K`: where there is little room. */
export function short(value: number): string {
  const words = compact.format(value);
  return /^\d{3}\./.test(words) ? compactWhole.format(value) : words;
}

/** `1 message`, `1,284 messages`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${whole.format(value)} ${value === 1 ? one : many}`;
}

/** Messages a second; small rates keep a digit so that they are not shown as nothing. */
export function rate(perSecond: number): string {
  return `${(perSecond < 10 ? tenth : whole).format(perSecond)}/s`;
}

/** `4 s`, `12 min`, `3 h 5 min`, `2 d 4 h`. */
export function duration(seconds: number): string {
  const all = Math.max(0, Math.floor(seconds));
  if (all < 60) return `${all} s`;
  const minutes = Math.floor(all / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return joined(hours, 'h', minutes % 60, 'min');
  return joined(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** `312 MB`, `4.1 GB`: thousands, as disks are sold. */
export function bytes(value: number): string {
  let size = Math.abs(value);
  let unit = 0;
  while (size >= 999.5 && unit < UNITS.length - 1) {
    size /= 1_000;
    unit += 1;
  }
  const shown = unit > 0 && size < 9.95 ? tenth.format(size) : whole.format(size);
  return `${value < 0 ? '-' : ''}${shown} ${UNITS[unit] ?? ''}`;
}

function joined(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
