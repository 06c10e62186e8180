import Box from '@mui/material/Box';
import { useEffect, useEffectEvent, useRef, useState } from 'react';

import { unseen } from '@/components/ui/unseen';
import type { LogRow } from '@/lib/log-row';

import { newsOf } from '../tail-feed';

interface Props {
  rows: readonly LogRow[];
  arrived: number;
  isFollowing: boolean;
}

const EVERY_MS = 6_000;

/** Sums up what has come, every few seconds: nobody can listen to each line. */
export function Announcer({ rows, arrived, isFollowing }: Props) {
  const [words, setWords] = useState('');
  const told = useRef(0);
  const tell = useEffectEvent(() => {
    setWords(isFollowing ? newsOf(rows, Math.min(told.current, arrived), arrived) : '');
    told.current = arrived;
  });
  useEffect(() => {
    const timer = setInterval(() => tell(), EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <Box
      role="status"
      sx={unseen}
    >
      {words}
    </Box>
  );
}
