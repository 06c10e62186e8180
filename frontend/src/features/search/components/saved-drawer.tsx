import Box from '@mui/material/Box';
import Drawer from '@mui/material/Drawer';
import IconButton from '@mui/material/IconButton';
import Tab from '@mui/material/Tab';
import Tabs from '@mui/material/Tabs';
import Typography from '@mui/material/Typography';
import { useId, useState } from 'react';

import { Icon } from '@/components/ui/icon';
import type { SearchState } from '@/lib/search-address';

import { HistoryList } from './history-list';
import { SaveForm } from './save-form';
import { SavedList } from './saved-list';

interface Props {
  search: SearchState;
  isOpen: boolean;
  onClose: () => void;
  onRun: (search: SearchState) => void;
}

const TABS = ['Saved', 'History'] as const;

/** Searches under a name, one's own and shared ones; and the last ones. */
export function SavedDrawer({ isOpen, onClose, ...rest }: Props) {
  const id = useId();
  return (
    <Drawer
      anchor="right"
      open={isOpen}
      onClose={onClose}
      slotProps={{ paper: { role: 'dialog', 'aria-modal': true, 'aria-labelledby': id, sx: { width: 480, maxWidth: '100%' } } }}
    >
      <Content id={id} onClose={onClose} {...rest} />
    </Drawer>
  );
}

function Content({ id, search, onClose, onRun }: Omit<Props, 'isOpen'> & { id: string }) {
  const [tab, setTab] = useState<(typeof TABS)[number]>('Saved');
  const open = (chosen: SearchState) => {
    onClose();
    onRun(chosen);
  };
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', minHeight: 0, height: '100%' }}>
      <Box sx={{ display: 'flex', alignItems: 'center', justifyContent: 'space-between', px: 4, pt: 3 }}>
        <Typography variant="h2" id={id}>
          Searches
        </Typography>
        <IconButton aria-label="Close the searches" onClick={onClose}>
          <Icon name="close" />
        </IconButton>
      </Box>
      <Tabs value={tab} onChange={(_, value: (typeof TABS)[number]) => setTab(value)} aria-labelledby={id} sx={{ px: 4, borderBottom: 1, borderColor: 'divider' }}>
        {TABS.map((name) => (
          <Tab key={name} value={name} label={name} id={`${id}-${name}`} aria-controls={`${id}-panel`} />
        ))}
      </Tabs>
      <Box role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${tab}`} sx={{ flex: 1, minHeight: 0, overflowY: 'auto', p: 4 }}>
        {tab === 'Saved' ? (
          <Box sx={{ display: 'grid', gap: 5, minWidth: 0 }}>
            <SaveForm search={search} />
            <SavedList search={search} onOpen={open} />
          </Box>
        ) : (
          <HistoryList onOpen={open} />
        )}
      </Box>
    </Box>
  );
}
