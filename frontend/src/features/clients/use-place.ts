import { useMemo } from 'react';
import { useSearchParams } from 'react-router';

import { addressOf, placeOf, type Place } from './place';

/** A choice is a step that Back undoes; letters of a filter are not. */
export function usePlace(): [Place, (changes: Partial<Place>) => void] {
  const [address, setAddress] = useSearchParams();
  const place = useMemo(() => placeOf(address), [address]);
  const go = (changes: Partial<Place>) => {
    setAddress(addressOf({ ...place, ...changes }), { replace: 'filter' in changes });
  };
  return [place, go];
}
