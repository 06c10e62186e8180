import { useQuery } from '@tanstack/react-query';

import { sentence } from '@/components/ui/notice';
import { askedParams, type SearchState } from '@/lib/search-address';

import { countQuery, sampleQuery } from './api/get-size';
import { bytesARow, estimateWords } from './estimate';
import type { Format } from './request';

interface Props {
  search: SearchState;
  format: Format;
  /** None: all. */
  columns: readonly string[];
}

/** How large the file will be, before anything is made. Nothing waits for that. */
export function ExportSize({ search, format, columns }: Props) {
  const params = askedParams(search);
  const found = useQuery(countQuery(params));
  const sample = useQuery(sampleQuery(params));
  if (found.error !== null) return <>The size is not known: {sentence(found.error.message)}</>;
  if (found.data === undefined) return <>Counting …</>;
  return <>{estimateWords(found.data, bytesARow(sample.data ?? [], format, columns))}</>;
}
