import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import ButtonBase from '@mui/material/ButtonBase';
import IconButton from '@mui/material/IconButton';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';

import { Icon } from '@/components/ui/icon';
import { sentence } from '@/components/ui/notice';
import { unseen } from '@/components/ui/unseen';
import { fonts, ROW_PX } from '@/config/tokens';
import { count, short } from '@/lib/format';
import type { Cell } from '@/lib/log-row';

import { facetQuery } from './api/get-facet';
import type { FacetSeen } from './facet-batch';
import { approximateWords, FIRST_SIZE, linesOf, moreThan, percent, type ValueLine } from './shares';

type Filter = (value: Cell, how: 'for' | 'out') => void;

interface Props {
  field: string;
  params: URLSearchParams;
  isOpen: boolean;
  onTurn: () => void;
  onFilter: Filter;
}

/** One field of the list: closed it is its name, open it has its values. */
export function FacetOfField({ field, params, isOpen, onTurn, onFilter }: Props) {
  const id = useId();
  const [size, setSize] = useState(FIRST_SIZE);
  const asked = useQuery({ ...facetQuery(params, field, size), enabled: isOpen });
  const seen = isOpen ? asked.data : undefined;
  const distinct = seen?.facet.distinct ?? null;
  return (
    <>
      <ButtonBase
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={onTurn}
        sx={{
          display: 'flex',
          width: '100%',
          minHeight: ROW_PX.dense,
          gap: 1,
          px: 1,
          justifyContent: 'flex-start',
          borderRadius: 1,
          textAlign: 'left',
          fontSize: 13,
          '&:hover': { bgcolor: 'action.hover' },
        }}
      >
        <Icon name={isOpen ? 'down' : 'right'} size={14} />
        <Box component="span" sx={{ flex: 1, minWidth: 0, overflow: 'hidden', textOverflow: 'ellipsis', fontWeight: isOpen ? 600 : 400 }}>
          {field}
        </Box>
        {distinct === null ? null : (
          <Box component="span" sx={{ color: 'text.secondary' }}>
            {count(distinct)}
            <Box component="span" sx={unseen}>
              {distinct === 1 ? ' value' : ' values'}
            </Box>
          </Box>
        )}
      </ButtonBase>
      <Box id={id} hidden={!isOpen} sx={{ pb: 2 }}>
        {isOpen ? (
          <Values
            field={field}
            seen={seen}
            error={asked.error}
            isOld={asked.isPlaceholderData}
            onFilter={onFilter}
            onSize={setSize}
            size={size}
            onAgain={() => void asked.refetch()}
          />
        ) : null}
      </Box>
    </>
  );
}

interface ValuesProps {
  field: string;
  seen: FacetSeen | undefined;
  error: Error | null;
  isOld: boolean;
  size: number;
  onFilter: Filter;
  onSize: (size: number) => void;
  onAgain: () => void;
}

function Values({ field, seen, error, isOld, size, onFilter, onSize, onAgain }: ValuesProps) {
  const problem =
    error === null ? null : (
      <Box sx={{ pb: 1 }}>
        <Small isStatus>{`Not counted: ${sentence(error.message)}`}</Small>
        <Button size="small" onClick={onAgain} sx={{ ml: 4, py: 0, fontSize: 13 }}>
          Ask again
        </Button>
      </Box>
    );
  if (seen === undefined) return problem ?? <Small isStatus>Counting …</Small>;
  const { facet, found } = seen;
  const approximate = approximateWords(facet, found);
  const more = moreThan(facet, size);
  return (
    <Box sx={{ opacity: isOld ? 0.55 : 1 }} aria-busy={isOld}>
      {problem}
      {facet.values.length === 0 ? <Small>No row, so no value.</Small> : null}
      <Box component="ul" aria-label={`Values of ${field}`} sx={{ m: 0, p: 0, listStyle: 'none', maxHeight: 420, overflowY: 'auto' }}>
        {linesOf(facet, found).map((line) => (
          <ValueOfField key={`${typeof line.value} ${String(line.value)}`} field={field} line={line} onFilter={onFilter} />
        ))}
      </Box>
      {approximate === null ? null : <Small>{approximate}</Small>}
      {more === null ? null : (
        <Button size="small" color="inherit" onClick={() => onSize(more)} sx={{ minHeight: 24, py: 0, fontSize: 13 }} aria-label={`More values of ${field}`}>
          + more
        </Button>
      )}
    </Box>
  );
}

function ValueOfField({ field, line, onFilter }: { field: string; line: ValueLine; onFilter: Filter }) {
  const share = line.share === null ? '' : `, ${percent(line.share)}`;
  return (
    <Box
      component="li"
      title={`${line.words}: ${count(line.rows)} rows${share}`}
      sx={{ position: 'relative', display: 'flex', alignItems: 'center', minHeight: ROW_PX.dense, pl: 5, fontSize: 13 }}
    >
      <Box
        component="span"
        sx={{
          flex: 1,
          minWidth: 0,
          overflow: 'hidden',
          textOverflow: 'ellipsis',
          whiteSpace: 'nowrap',
          fontFamily: line.value === null ? fonts.frame : fonts.lines,
          fontSize: 12,
          color: line.value === null ? 'text.secondary' : 'text.primary',
        }}
      >
        {line.words}
      </Box>
      <Box component="span" sx={{ color: 'text.secondary', px: 1, whiteSpace: 'nowrap' }}>
        {short(line.rows)}
      </Box>
      {line.share === null ? null : (
        <Box component="span" sx={{ color: 'text.secondary', minWidth: 42, textAlign: 'right' }}>
          {percent(line.share)}
        </Box>
      )}
      <FilterButton label={`Filter for ${field} ${line.words}`} icon="plus" onClick={() => onFilter(line.value, 'for')} />
      <FilterButton label={`Filter out ${field} ${line.words}`} icon="minus" onClick={() => onFilter(line.value, 'out')} />
      <Box
        aria-hidden="true"
        sx={{ position: 'absolute', left: 20, right: 48, bottom: 1, height: 2, bgcolor: 'divider', borderRadius: '1px', overflow: 'hidden' }}
      >
        <Box sx={{ height: 1, bgcolor: 'primary.main' }} style={{ width: `${Math.max(1, line.length * 100)}%` }} />
      </Box>
    </Box>
  );
}

function FilterButton({ label, icon, onClick }: { label: string; icon: 'plus' | 'minus'; onClick: () => void }) {
  return (
    <IconButton size="small" aria-label={label} title={label} onClick={onClick} sx={{ p: '4px', width: 24, height: 24, color: 'text.secondary' }}>
      <Icon name={icon} size={14} />
    </IconButton>
  );
}

function Small({ children, isStatus = false }: { children: string; isStatus?: boolean }) {
  return (
    <Typography variant="body2" {...(isStatus ? { role: 'status' } : {})} sx={{ pl: 5, py: 1, color: 'text.secondary', fontSize: 12 }}>
      {children}
    </Typography>
  );
}
