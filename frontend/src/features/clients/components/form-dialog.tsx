import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import { useId, type ReactNode } from 'react';

import { ErrorNotice } from '@/components/ui/notice';

interface Props {
  title: string;
  /** What the button says: the deed. */
  action: string;
  isBusy: boolean;
  isReady: boolean;
  /** What no field can show. */
  error: Error | null;
  onClose: () => void;
  onSend: () => void;
  children: ReactNode;
}

/** A form in a dialog. It stays open, with what was typed, until what was asked for is done. */
export function FormDialog({ title, action, isBusy, isReady, error, onClose, onSend, children }: Props) {
  const id = useId();
  return (
    <Dialog open onClose={onClose} aria-labelledby={id} fullWidth maxWidth="sm">
      <DialogTitle id={id} sx={{ fontSize: 16, fontWeight: 600, overflowWrap: 'anywhere' }}>
        {title}
      </DialogTitle>
      <Box
        component="form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady && !isBusy) onSend();
        }}
        sx={{ display: 'contents' }}
      >
        {/* The label of the first field stands above its border. */}
        <DialogContent sx={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: 4, '&&': { pt: 2 } }}>
          {error === null ? null : <ErrorNotice error={error} />}
          {children}
        </DialogContent>
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="contained" loading={isBusy} disabled={!isReady}>
            {action}
          </Button>
        </DialogActions>
      </Box>
    </Dialog>
  );
}
