import Box from '@mui/material/Box';
import Drawer from '@mui/material/Drawer';
import IconButton from '@mui/material/IconButton';

import { Icon } from '@/components/ui/icon';
import type { Cell, FilterHow } from '@/lib/log-row';
import type { SearchState } from '@/lib/search-address';

import { SearchFacets } from '../facets/search-facets';

interface Props {
  search: SearchState;
  fields: string[];
  place: 'beside' | 'above';
  isOpen: boolean;
  onClose: () => void;
  onFilter: (field: string, value: Cell, how: FilterHow) => void;
}

/** Fields beside the rows; above them where there is no room beside. */
export function FacetsRail({ search, fields, place, isOpen, onClose, onFilter }: Props) {
  if (place === 'beside') {
    return isOpen ? (
      <Box sx={{ flex: 'none', width: 248, minHeight: 0, overflowY: 'auto', p: 3, borderRight: 1, borderColor: 'divider' }}>
        <SearchFacets search={search} fields={fields} onFilter={onFilter} />
      </Box>
    ) : null;
  }
  return (
    <Drawer
      anchor="left"
      open={isOpen}
      onClose={onClose}
      slotProps={{ paper: { role: 'dialog', 'aria-modal': true, 'aria-label': 'Fields', sx: { width: 320, maxWidth: '92vw', p: 3 } } }}
    >
      <IconButton aria-label="Close the fields" onClick={onClose} sx={{ alignSelf: 'end' }}>
        <Icon name="close" />
      </IconButton>
      <SearchFacets
        search={search}
        fields={fields}
        onFilter={(field, value, how) => {
          onClose();
          onFilter(field, value, how);
        }}
      />
    </Drawer>
  );
}
