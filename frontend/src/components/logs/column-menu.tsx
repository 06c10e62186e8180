import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';

import { firstWidth, movedBy, resized, without, type LogColumn } from '@/lib/log-columns';

interface Props {
  /** Of which column, and where it stands; null: closed. */
  at: { name: string; top: number; left: number } | null;
  columns: readonly LogColumn[];
  onColumns: (columns: LogColumn[]) => void;
  onClose: () => void;
}

const STEP_PX = 48;

/** What drawing does, for whoever does not draw. It stays open: one step is seldom enough. */
export function ColumnMenu({ at, columns, onColumns, onClose }: Props) {
  const name = at?.name ?? '';
  const place = columns.findIndex((each) => each.name === name);
  const width = columns[place]?.width ?? 0;
  return (
    <Menu
      open={at !== null}
      onClose={onClose}
      anchorReference="anchorPosition"
      {...(at === null ? {} : { anchorPosition: { top: at.top, left: at.left } })}
      disableScrollLock
      slotProps={{ list: { dense: true, 'aria-label': `Column ${name}` } }}
    >
      <MenuItem disabled={place <= 0} onClick={() => onColumns(movedBy(columns, name, -1))}>
        Move left
      </MenuItem>
      <MenuItem disabled={place >= columns.length - 1} onClick={() => onColumns(movedBy(columns, name, 1))}>
        Move right
      </MenuItem>
      <MenuItem onClick={() => onColumns(resized(columns, name, width + STEP_PX))}>Wider</MenuItem>
      <MenuItem onClick={() => onColumns(resized(columns, name, width - STEP_PX))}>Narrower</MenuItem>
      <MenuItem onClick={() => onColumns(resized(columns, name, firstWidth(name)))}>As wide as at first</MenuItem>
      <MenuItem
        disabled={columns.length <= 1}
        onClick={() => {
          onClose();
          onColumns(without(columns, name));
        }}
      >
        Hide
      </MenuItem>
    </Menu>
  );
}
