import Box from '@mui/material/Box';
import IconButton from '@mui/material/IconButton';
import { useEffect, useState } from 'react';

import { copyText } from '@/lib/copy-text';

import { Icon, type IconName } from './icon';
import { unseen } from './unseen';

interface Props {
  text: string;
  /** What is copied: `the line`. */
  label: string;
}

type Outcome = 'none' | 'done' | 'failed';

const SHOWN_MS = 2_000;
const LOOKS: Record<Outcome, { icon: IconName; colour: string; words: string }> = {
  none: { icon: 'copy', colour: 'text.secondary', words: '' },
  done: { icon: 'check', colour: 'success.main', words: 'Copied' },
  failed: { icon: 'bad', colour: 'error.main', words: 'Not copied: this browser does not allow it. Select the text and copy it by hand.' },
};

export function CopyButton({ text, label }: Props) {
  const [outcome, setOutcome] = useState<Outcome>('none');
  useEffect(() => {
    if (outcome === 'none') return undefined;
    const timer = setTimeout(() => setOutcome('none'), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [outcome]);
  const look = LOOKS[outcome];
  return (
    <>
      <IconButton
        size="small"
        aria-label={`Copy ${label}`}
        title={look.words === '' ? `Copy ${label}` : look.words}
        onClick={() => void copyText(text).then((isCopied) => setOutcome(isCopied ? 'done' : 'failed'))}
        sx={{ p: '5px', color: look.colour, flex: 'none' }}
      >
        <Icon name={look.icon} size={16} />
      </IconButton>
      <Said>{look.words}</Said>
    </>
  );
}

/** For screen readers alone. */
function Said({ children }: { children: string }) {
  return (
    <Box
      component="span"
      role="status"
      sx={unseen}
    >
      {children}
    </Box>
  );
}
