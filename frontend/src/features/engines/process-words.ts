/** What each process of an engine does. No React. */

const ROLES: Readonly<Record<string, string>> = {
  bridge: 'starts and watches the others',
  receiver: 'takes datagrams from the kernel',
  writer: 'writes the day files',
};

export function roleInWords(role: string): string {
  return ROLES[role] ?? (role.startsWith('worker') ? 'extracts the fields' : '');
}

/** A beat that is older than this is late: it comes from the work itself, several times a second. */
const LATE_BEAT_SECONDS = 5;

export function isLate(beatAgeSeconds: number | null | undefined): boolean {
  return beatAgeSeconds != null && beatAgeSeconds > LATE_BEAT_SECONDS;
}

/** `0.2 s ago`; a process without a beat is watched otherwise. */
export function beatInWords(beatAgeSeconds: number | null | undefined): string {
  return beatAgeSeconds == null ? '–' : `${beatAgeSeconds.toFixed(1)} s ago`;
}
