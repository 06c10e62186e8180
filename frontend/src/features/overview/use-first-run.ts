/** The first run: from a page without a row to the first one, without anybody's doing. */
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';

import type { Balance } from '@/lib/ledger';

import { daysQuery } from './api/get-days';
import { doorsOf, type Door } from './first-run';
import type { EnginesNow } from './use-engines';

export interface FirstRunNow {
  isShown: boolean;
  hasArrived: boolean;
  doors: Door[];
  refused: number;
}

export function useFirstRun(engines: EnginesNow, ledger: Balance | null): FirstRunNow {
  const days = useQuery(daysQuery);
  const doors = useMemo(() => doorsOf(engines.listed, engines.live), [engines.listed, engines.live]);
  const isEmpty = days.data?.rows === 0 && (ledger?.stored ?? 0) === 0 && engines.seesWhole && engines.isKnown;
  // Once it was empty here, the row that ends that is shown for as long as the page is.
  const [wasEmpty, setWasEmpty] = useState(false);
  if (isEmpty && !wasEmpty) setWasEmpty(true);
  return { isShown: wasEmpty, hasArrived: wasEmpty && !isEmpty, doors, refused: ledger?.refused ?? 0 };
}
