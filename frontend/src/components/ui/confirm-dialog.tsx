import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useId, useState, type ReactNode } from 'react';

import { fonts } from '@/config/tokens';

import { ErrorNotice } from './notice';

interface Props {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  onConfirm: () => void;
  /** What will happen, and what will not. */
  words: ReactNode;
  /** What the button says: the deed, not `OK`. */
  action?: string;
  /** It destroys something. */
  danger?: boolean;
  /** A name that has to be typed before anything happens. */
  typed?: string;
  isBusy?: boolean;
  /** Why it was not done; the dialog stays open. */
  error?: Error | null;
  /** What else is asked. */
  children?: ReactNode;
}

/** Asks once more before something is done that does not undo itself. The focus goes back to where it was. */
export function ConfirmDialog({ title, isOpen, onClose, ...rest }: Props) {
  const id = useId();
  return (
    <Dialog open={isOpen} onClose={onClose} aria-labelledby={id} fullWidth maxWidth="xs">
      <DialogTitle id={id} sx={{ fontSize: 16, fontWeight: 600, overflowWrap: 'anywhere' }}>
        {title}
      </DialogTitle>
      <Question onClose={onClose} {...rest} />
    </Dialog>
  );
}

/** Apart, so that what was typed is gone with the dialog. */
function Question({
  onClose,
  onConfirm,
  words,
  action = 'Confirm',
  danger = false,
  typed,
  isBusy = false,
  error = null,
  children,
}: Omit<Props, 'title' | 'isOpen'>) {
  const [text, setText] = useState('');
  const isReady = typed === undefined || text.trim() === typed;
  return (
    <Box
      component="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady && !isBusy) onConfirm();
      }}
      sx={{ display: 'contents' }}
    >
      <DialogContent sx={{ display: 'grid', gap: 4, alignContent: 'start' }}>
        <Typography component="div">{words}</Typography>
        {children}
        {typed === undefined ? null : (
          <Box>
            <Typography variant="body2" sx={{ mb: 3, color: 'text.secondary' }}>
              To go on, type{' '}
              <Box component="code" sx={{ fontFamily: fonts.lines, color: 'text.primary', overflowWrap: 'anywhere' }}>
                {typed}
              </Box>
            </Typography>
            <TextField
              label="Type its name"
              value={text}
              onChange={(event) => setText(event.target.value)}
              autoComplete="off"
              slotProps={{ htmlInput: { autoCapitalize: 'none', spellCheck: false } }}
            />
          </Box>
        )}
        {error === null ? null : <ErrorNotice error={error} />}
      </DialogContent>
      <DialogActions sx={{ px: 6, pb: 5, pt: 0 }}>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="contained" color={danger ? 'error' : 'primary'} loading={isBusy} disabled={!isReady}>
          {action}
        </Button>
      </DialogActions>
    </Box>
  );
}
