import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';

import { ErrorNotice, Notice } from '@/components/ui/notice';

import type { Deed } from '../deed';

interface Props {
  deed: Deed | null;
  /** null: it has been read. */
  onDeed: (deed: Deed | null) => void;
}

/** Says what was done. It takes the focus, because what was pressed is often gone by then. */
export function Done({ deed, onDeed }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const undoing = useMutation({ mutationFn: (undo: () => Promise<Deed>) => undo(), onSuccess: onDeed });
  const { reset } = undoing;
  useEffect(() => {
    reset();
    if (deed === null) return undefined;
    // After a dialog that closes has given the focus back to a button that is gone.
    const frame = requestAnimationFrame(() => place.current?.focus());
    return () => cancelAnimationFrame(frame);
  }, [deed, reset]);
  if (deed === null) return null;
  const { words, undo } = deed;
  return (
    <Box ref={place} tabIndex={-1} sx={{ display: 'grid', gap: 2 }}>
      <Notice kind="good" title={words} announced>
        <Box sx={{ display: 'flex', gap: 2, mt: 1 }}>
          {undo === undefined ? null : (
            <Button size="small" loading={undoing.isPending} onClick={() => undoing.mutate(undo)}>
              Undo
            </Button>
          )}
          <Button size="small" color="inherit" onClick={() => onDeed(null)}>
            Close
          </Button>
        </Box>
      </Notice>
      {undoing.error === null ? null : <ErrorNotice error={undoing.error} />}
    </Box>
  );
}
