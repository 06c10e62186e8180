import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';

import { useLive } from '@/hooks/use-live';
import { ApiError } from '@/lib/api-error';
import type { Marks } from '@/lib/log-row';
import { marksOf } from '@/lib/marks';

import { parsedQuery } from '../api/parse-query';
import type { TailAsked } from '../tail-address';
import { TailFeed, type TailState } from '../tail-feed';

let made = 0;

export interface Tail {
  state: TailState;
  /** What the query looks for. */
  marks: Marks;
  /** What is wrong with the text, and where. */
  fault: { message: string; position: number | null } | null;
  /** Why nothing is known of the text at all. */
  error: Error | null;
  clear: () => void;
  forgetGap: () => void;
  /** Once more, after it has ended. */
  again: () => void;
}

/** The rows that arrive and match, from now on; another question begins anew. */
export function useTail(asked: TailAsked, isFollowing: boolean): Tail {
  const { socket } = useLive();
  const { q, most } = asked;
  const engines = asked.engines.join(' ');
  const classes = asked.classes.join(' ');
  const parsed = useQuery(parsedQuery(q));
  const key = JSON.stringify([q, engines, classes]);
  const [feed, setFeed] = useState(() => ({ of: key, feed: new TailFeed(), turn: 0 }));
  // Another question has no row of the former one.
  const present = feed.of === key ? feed : { of: key, feed: new TailFeed(), turn: 0 };
  if (present !== feed) setFeed(present);
  const tail = present.feed;

  const meaning = parsed.data;
  const marks = useMemo(() => marksOf(meaning?.where ?? null), [meaning]);
  useEffect(() => {
    if (meaning === undefined) return undefined;
    made += 1;
    const id = `tail-${made}`;
    const query = { engines: words(engines), classes: words(classes), where: meaning.where };
    return socket.subscribe(() => {
      const after = tail.places();
      return { id, kind: 'tail', query, most_rows_a_second: most, ...(after.length === 0 ? {} : { after }) };
    }, tail.hear);
  }, [socket, tail, meaning, engines, classes, most, present.turn]);

  useEffect(() => tail.follow(isFollowing), [tail, isFollowing]);
  useEffect(() => {
    const timer = setInterval(tail.tick, 1_000);
    return () => clearInterval(timer);
  }, [tail]);

  const wrong = parsed.error instanceof ApiError && parsed.error.status === 400 ? parsed.error : null;
  return {
    state: useSyncExternalStore(tail.watch, tail.current),
    marks,
    fault: wrong === null ? null : { message: wrong.message, position: wrong.position },
    error: wrong === null ? parsed.error : null,
    clear: () => tail.clear(),
    forgetGap: () => tail.forgetGap(),
    again: () => setFeed({ ...present, turn: present.turn + 1 }),
  };
}

function words(text: string): string[] {
  return text.split(' ').filter((each) => each !== '');
}
