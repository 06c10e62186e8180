import Divider from '@mui/material/Divider';
import ListItemIcon from '@mui/material/ListItemIcon';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import Typography from '@mui/material/Typography';

import { Icon, type IconName } from '@/components/ui/icon';
import { fonts } from '@/config/tokens';
import { copyText } from '@/lib/copy-text';
import { LINE, SEVERITY, TIME } from '@/lib/log-columns';
import type { Cell, FilterHow, LogRow } from '@/lib/log-row';
import { cut } from '@/lib/line-of';
import { severityName, severityOf } from '@/lib/severity';
import { visibleText } from '@/lib/visible-text';

export interface ValueAt {
  row: LogRow;
  field: string;
  top: number;
  left: number;
}

interface Props {
  /** null: closed. */
  at: ValueAt | null;
  onFilter: (field: string, value: Cell, how: FilterHow) => void;
  onOpen: (id: string) => void;
  onClose: () => void;
}

const MOST_TITLE = 60;

/** What can be done with a value that stands in a row. */
export function ValueMenu({ at, onFilter, onOpen, onClose }: Props) {
  const value = at === null ? null : (at.row.values[at.field] ?? null);
  const isField = at !== null && isFilter(at.field);
  const done = (act: () => void) => () => {
    onClose();
    act();
  };
  return (
    <Menu
      open={at !== null}
      onClose={onClose}
      anchorReference="anchorPosition"
      {...(at === null ? {} : { anchorPosition: { top: at.top, left: at.left } })}
      disableScrollLock
      slotProps={{ list: { dense: true, 'aria-label': at === null ? '' : titleOf(at.field, value) } }}
    >
      {at === null
        ? null
        : [
            <Typography
              key="title"
              role="presentation"
              sx={{ px: 4, pb: 1, maxWidth: 360, fontFamily: fonts.lines, fontSize: 12.5, color: 'text.secondary', overflowWrap: 'anywhere' }}
            >
              {titleOf(at.field, value)}
            </Typography>,
            ...(isField
              ? [
                  <Item key="for" icon="filter" words="Filter for it" onClick={done(() => onFilter(at.field, value, 'for'))} />,
                  <Item key="out" icon="minus" words="Filter it out" onClick={done(() => onFilter(at.field, value, 'out'))} />,
                  <Item key="new" icon="search" words="New search for it" onClick={done(() => onFilter(at.field, value, 'new'))} />,
                  <Divider key="line" />,
                ]
              : []),
            <Item key="copy" icon="copy" words="Copy" onClick={done(() => void copyText(String(value ?? '')))} />,
            <Item key="open" icon="eye" words="Open the row" onClick={done(() => onOpen(at.row.id))} />,
          ]}
    </Menu>
  );
}

function Item({ icon, words, onClick }: { icon: IconName; words: string; onClick: () => void }) {
  return (
    <MenuItem onClick={onClick}>
      <ListItemIcon>
        <Icon name={icon} size={16} />
      </ListItemIcon>
      {words}
    </MenuItem>
  );
}

/** Moments are chosen beside the query, and whole lines are no values. */
export function isFilter(field: string): boolean {
  return field !== TIME && field !== LINE;
}

function titleOf(field: string, value: Cell): string {
  if (value === null) return `${field}: no value`;
  const shown = field === SEVERITY ? severityName(severityOf(value)) : visibleText(cut(String(value), MOST_TITLE).text);
  return `${field}: ${shown}${String(value).length > MOST_TITLE ? '…' : ''}`;
}
