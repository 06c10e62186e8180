import { useQuery } from '@tanstack/react-query';

import { ErrorNotice } from '@/components/ui/notice';
import { PlainSelect } from '@/components/ui/plain-select';
import { Waiting } from '@/components/ui/waiting';
import type { SearchState } from '@/lib/search-address';

import { storedDaysQuery } from './api/get-days';
import { dayOptions } from './day-options';

interface Props {
  search: SearchState;
  day: string;
  onDay: (day: string) => void;
}

/** Which day is taken home whole. */
export function DayChoice({ search, day, onDay }: Props) {
  const days = useQuery(storedDaysQuery);
  if (days.error !== null) return <ErrorNotice error={days.error} />;
  if (days.data === undefined) return <Waiting what="Asking for the days" />;
  return (
    <PlainSelect
      label="Day"
      isWide
      value={day}
      onChange={onDay}
      options={[{ value: '', words: 'choose one' }, ...dayOptions(days.data.days, search.engines)]}
    />
  );
}
