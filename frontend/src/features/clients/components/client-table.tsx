import Box from '@mui/material/Box';
import IconButton from '@mui/material/IconButton';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import { Link as RouterLink } from 'react-router';

import { DataTable, type DataColumn } from '@/components/ui/data-table';
import { Icon, type IconName } from '@/components/ui/icon';
import { fonts } from '@/config/tokens';
import { useFrozen, useHeld } from '@/hooks/use-held';
import { bytes, count, rate } from '@/lib/format';
import { conditionOf } from '@/lib/query-text';
import { searchLink } from '@/lib/search-address';

import type { ClientLine } from '../clients';
import { Heard } from './heard';

interface Props {
  lines: readonly ClientLine[];
  now: number;
  /** Which engine each belongs to is said. */
  namesEngines: boolean;
  maySearch: boolean;
  /** Whether a client can be changed by who looks. */
  isChangeable: (line: ClientLine) => boolean;
  onEdit: (line: ClientLine) => void;
  onRemove: (line: ClientLine) => void;
}

export function ClientTable({ lines, now, namesEngines, maySearch, isChangeable, onEdit, onRemove }: Props) {
  const { isHeld, holders } = useHeld();
  // Sorted by figures that change, rows would run away from under the pointer: their order waits until it has left.
  const former = useFrozen(lines, isHeld);
  const still = new Map(former.map((line) => [line.id, line]));
  const then = (line: ClientLine) => still.get(line.id) ?? line;
  const columns: DataColumn<ClientLine>[] = [
    {
      key: 'name',
      title: 'Client',
      isHeading: true,
      sort: (line) => line.name,
      cell: (line) => <Name line={line} namesEngine={namesEngines} />,
    },
    {
      key: 'range',
      title: 'Range',
      sort: (line) => line.range,
      cell: (line) => (
        <Box component="span" sx={{ fontFamily: fonts.lines, overflowWrap: 'anywhere' }}>
          {line.range}
        </Box>
      ),
    },
    { key: 'heard', title: 'Last heard', sort: (line) => then(line).lastSeen, isDescending: true, cell: (line) => <Heard line={line} now={now} /> },
    figure('rate', 'Rate', (line) => then(line).perSecond, (line) => line.perSecond, rate),
    figure('received', 'Messages', (line) => then(line).received, (line) => line.received, count),
    figure('bytes', 'Size', (line) => then(line).bytes, (line) => line.bytes, bytes),
    {
      key: 'actions',
      title: 'Actions',
      isTitleHidden: true,
      align: 'right',
      cell: (line) => (
        <Box sx={{ display: 'flex', justifyContent: { xs: 'start', sm: 'end' }, gap: 1 }}>
          {maySearch ? (
            <IconButton
              component={RouterLink}
              to={searchLink({ q: conditionOf('client', line.name), engines: [line.engine] })}
              size="small"
              aria-label={`Search the rows of ${line.name}`}
              title="Search its rows"
            >
              <Icon name="search" size={16} />
            </IconButton>
          ) : null}
          {isChangeable(line) ? (
            <>
              <Action icon="edit" words="Edit" name={line.name} onClick={() => onEdit(line)} />
              <Action icon="trash" words="Remove" name={line.name} onClick={() => onRemove(line)} />
            </>
          ) : null}
        </Box>
      ),
    },
  ];
  return (
    <Box {...holders} sx={{ minWidth: 0 }}>
      <DataTable caption="Clients" columns={columns} rows={lines} rowKey={(line) => line.id} />
    </Box>
  );
}

function figure(
  key: string,
  title: string,
  sort: (line: ClientLine) => number | null,
  value: (line: ClientLine) => number | null,
  words: (value: number) => string,
): DataColumn<ClientLine> {
  return { key, title, align: 'right', isDescending: true, sort, cell: (line) => shown(value(line), words) };
}

function shown(value: number | null, words: (value: number) => string): ReactNode {
  return value === null ? <span aria-label="not known now">–</span> : words(value);
}

function Name({ line, namesEngine }: { line: ClientLine; namesEngine: boolean }) {
  return (
    <Box sx={{ overflowWrap: 'anywhere', minWidth: 120 }}>
      {line.name}
      {namesEngine ? (
        <Typography component="div" variant="body2" sx={{ color: 'text.secondary' }}>
          {line.engine}
        </Typography>
      ) : null}
    </Box>
  );
}

function Action({ icon, words, name, onClick }: { icon: IconName; words: string; name: string; onClick: () => void }) {
  return (
    <IconButton size="small" aria-label={`${words} ${name}`} title={words} onClick={onClick}>
      <Icon name={icon} size={16} />
    </IconButton>
  );
}
