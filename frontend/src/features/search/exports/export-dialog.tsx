import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import useMediaQuery from '@mui/material/useMediaQuery';
import { useId } from 'react';

import { WIDTHS_PX } from '@/config/tokens';
import type { SearchState } from '@/lib/search-address';

import { ExportForm } from './export-form';
import { ExportList } from './export-list';

interface Props {
  search: SearchState;
  isOpen: boolean;
  onClose: () => void;
}

/** Everything that matches, as a file: a new one, and those there are. What is made goes on while this is closed. */
export function ExportDialog({ search, isOpen, onClose }: Props) {
  const id = useId();
  const isPhone = useMediaQuery(`(max-width: ${WIDTHS_PX.phone - 1}px)`);
  return (
    <Dialog open={isOpen} onClose={onClose} aria-labelledby={id} fullWidth maxWidth="md" fullScreen={isPhone}>
      <DialogTitle id={id} sx={{ fontSize: 16, fontWeight: 600 }}>
        Export
      </DialogTitle>
      <DialogContent dividers sx={{ px: { xs: 4, sm: 6 } }}>
        <Box sx={{ display: 'grid', gap: 6, minWidth: 0 }}>
          <ExportForm search={search} />
          <ExportList />
        </Box>
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>Close</Button>
      </DialogActions>
    </Dialog>
  );
}
