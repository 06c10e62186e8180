import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import { useEffect, useId, useRef, type ReactNode } from 'react';

interface Props {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  children: ReactNode;
}

/** A dialog with a form. A click beside it does not close it: what was typed would be gone. */
export function FormDialog({ title, isOpen, onClose, children }: Props) {
  const id = useId();
  return (
    <Dialog
      open={isOpen}
      onClose={(_, reason) => (reason === 'backdropClick' ? undefined : onClose())}
      aria-labelledby={id}
      fullWidth
      maxWidth="sm"
      sx={{ '& .MuiDialog-paper': { m: { xs: 2, sm: 8 }, width: { xs: 'calc(100% - 16px)' }, maxHeight: { xs: 'calc(100% - 16px)' } } }}
    >
      <DialogTitle id={id} sx={{ fontSize: 16, fontWeight: 600, overflowWrap: 'anywhere' }}>
        {title}
      </DialogTitle>
      {children}
    </Dialog>
  );
}

interface FormProps {
  onSubmit: () => void;
  onClose: () => void;
  action: string;
  isBusy: boolean;
  isReady: boolean;
  /** Changes with every refusal: the first field that is wrong then has the focus. */
  refusal: unknown;
  children: ReactNode;
}

export function DialogForm({ onSubmit, onClose, action, isBusy, isReady, refusal, children }: FormProps) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (refusal !== null) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [refusal]);
  return (
    <Box
      component="form"
      ref={form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady && !isBusy) onSubmit();
      }}
      sx={{ display: 'contents' }}
    >
      {/* The label of the first field stands above its border. */}
      <DialogContent sx={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: 4, alignContent: 'start', '&&': { pt: 2 } }}>
        {children}
      </DialogContent>
      <DialogActions sx={{ px: 6, py: 4 }}>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="contained" loading={isBusy} disabled={!isReady}>
          {action}
        </Button>
      </DialogActions>
    </Box>
  );
}
