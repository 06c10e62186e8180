import Box from '@mui/material/Box';

import { Icon } from '@/components/ui/icon';
import { ErrorNotice } from '@/components/ui/notice';

interface Props {
  /** What the server has answered, in words. */
  words: string | null;
  error: Error | null;
}

/** What came of a command. The place is always there, so that a screen reader hears what appears in it. */
export function Said({ words, error }: Props) {
  return (
    <Box aria-live="polite" sx={{ '&:empty': { display: 'none' } }}>
      {error !== null ? <ErrorNotice error={error} /> : null}
      {error === null && words !== null ? (
        <Box sx={{ display: 'flex', gap: 2, alignItems: 'center', color: 'text.secondary', overflowWrap: 'anywhere' }}>
          <Icon name="check" size={16} />
          {words}
        </Box>
      ) : null}
    </Box>
  );
}
