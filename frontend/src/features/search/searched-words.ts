/** How far it was looked, in words. An answer that is not whole never looks like one that is. */
import { count, counted } from '@/lib/format';
import type { Searched } from '@/types/shapes';

/** `searched 2 of 2 days`; nothing for whoever is not told. */
export function daysSearched({ partitions, searched }: Searched): string | null {
  if (partitions === null || searched === null) return null;
  if (partitions === 0) return 'no day of this time is stored';
  return `searched ${count(searched)} of ${counted(partitions, 'day')}`;
}

/** Why figures are too low; null: they are not. */
export function partWords(searched: Searched): string | null {
  const parts = [cutWords(searched), damagedWords(searched)].filter((each) => each !== null);
  return parts.length === 0 ? null : parts.join(' ');
}

function cutWords(searched: Searched): string | null {
  if (searched.cut === 'deadline') {
    const { partitions, searched: done } = searched;
    const far = partitions === null || done === null ? '' : ` after ${count(done)} of ${counted(partitions, 'day')}`;
    return `Counted in part: the time was over${far}. There are more rows; take a shorter time range for all of them.`;
  }
  return searched.cut === 'rows' ? 'Counted in part: more rows match than are looked at.' : null;
}

function damagedWords({ damaged }: Searched): string | null {
  const names = Object.keys(damaged);
  if (names.length === 0) return null;
  const named = names.length > 3 ? `${names.slice(0, 3).join(', ')} …` : names.join(', ');
  return `${counted(names.length, 'day')} cannot be read and ${names.length === 1 ? 'is' : 'are'} not counted: ${named}.`;
}
