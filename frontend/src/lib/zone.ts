/** Times of a zone in words. A zone that this browser does not know is shown as UTC, and called so. */

type Form = 'clock' | 'minute' | 'day' | 'moment' | 'offset';

const FORMS: Record<Form, Intl.DateTimeFormatOptions> = {
  clock: { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
  minute: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  day: { year: 'numeric', month: '2-digit', day: '2-digit' },
  moment: {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  },
  offset: { timeZoneName: 'shortOffset' },
};

const made = new Map<string, Intl.DateTimeFormat>();

/** `13:07:02` */
export function clockWords(at: number, zone: string): string {
  return formOf('clock', zone).format(at);
}

/** `13:07` */
export function minuteWords(at: number, zone: string): string {
  return formOf('minute', zone).format(at);
}

/** `2026-11-21` */
export function dayWords(at: number, zone: string): string {
  return formOf('day', zone).format(at);
}

/** `2026-11-21 13:07:02` */
export function momentWords(at: number, zone: string): string {
  return formOf('moment', zone).format(at).replace(',', '');
}

/** `UTC+6`, `UTC+5:30`, `UTC`: of this moment, for it changes in summer. */
export function offsetWords(at: number, zone: string): string {
  const name = formOf('offset', zone)
    .formatToParts(at)
    .find((part) => part.type === 'timeZoneName');
  const words = (name?.value ?? 'UTC').replace('GMT', 'UTC').replace('-', '−');
  return words === 'UTC+0' ? 'UTC' : words;
}

export function isKnownZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** `sv-SE` writes dates as ISO 8601 does. Making one takes long, so each is kept. */
function formOf(form: Form, zone: string): Intl.DateTimeFormat {
  const key = `${form} ${zone}`;
  const known = made.get(key);
  if (known !== undefined) return known;
  const timeZone = isKnownZone(zone) ? zone : 'UTC';
  const format = new Intl.DateTimeFormat(form === 'offset' ? 'en-US' : 'sv-SE', { ...FORMS[form], timeZone });
  made.set(key, format);
  return format;
}
