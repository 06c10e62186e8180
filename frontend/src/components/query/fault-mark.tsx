import Box from '@mui/material/Box';
import { useLayoutEffect, useRef } from 'react';

import { unitsOf } from '@/lib/query-completion';

import { showWithin } from './into-view';

interface Props {
  text: string;
  /** In characters; null: nothing is marked. */
  position: number | null;
}

/**
 * The same text as in the bar, unseen and right behind it: it gives the bar its height, and the place that is wrong is
 * underlined there.
 */
export function FaultMark({ text, position }: Props) {
  const at = position === null ? null : unitsOf(text, position);
  const mark = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => showWithin(mark.current?.closest('[data-scroller]') ?? null, mark.current), [at]);
  return (
    <Box aria-hidden="true" sx={{ gridArea: '1 / 1', visibility: 'hidden', whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', p: '7px 0', minHeight: 36 }}>
      {at === null ? (
        text
      ) : (
        <>
          {text.slice(0, at)}
          <Box
            component="span"
            ref={mark}
            data-testid="fault-mark"
            sx={{
              visibility: 'visible',
              color: 'transparent',
              bgcolor: ({ palette }) => `color-mix(in srgb, ${palette.error.main} 24%, transparent)`,
              boxShadow: ({ palette }) => `inset 0 -2px ${palette.error.main}`,
              borderRadius: '2px',
            }}
          >
            {wrongPart(text, at)}
          </Box>
          {text.slice(at + wrongPart(text, at).length)}
        </>
      )}
      {/* A line break at the end has no height of its own. */}
      {'\u200b'}
    </Box>
  );
}

/** To the next blank; at the end a sign of its own, so that there is something to see. */
function wrongPart(text: string, at: number): string {
  const rest = text.slice(at);
  return /^\s*[^\s)]+|^\)/.exec(rest)?.[0] ?? '\u00a0';
}
