import Box from '@mui/material/Box';
import IconButton from '@mui/material/IconButton';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useState } from 'react';

import { CopyButton } from '@/components/ui/copy-button';
import { Icon, type IconName } from '@/components/ui/icon';
import { Severity } from '@/components/ui/severity';
import { fonts } from '@/config/tokens';
import { counted } from '@/lib/format';
import { SEVERITY } from '@/lib/log-columns';
import type { Cell, FilterHow, LogRow } from '@/lib/log-row';
import { VALUE_NAMES } from '@/lib/query-text';
import { fieldsOf, matching, type Field } from '@/lib/row-fields';
import { severityOf } from '@/lib/severity';
import { visibleText } from '@/lib/visible-text';

interface Props {
  row: LogRow;
  columns: readonly string[];
  onFilter: (field: string, value: Cell, how: FilterHow) => void;
}

/** From so many fields on they can be searched. */
const MANY = 16;

/** Every field with its value, and what can be done with it. */
export function RowFields({ row, columns, onFilter }: Props) {
  const [wanted, setWanted] = useState('');
  const all = fieldsOf(row, columns);
  const shown = matching(all, all.length < MANY ? '' : wanted);
  return (
    <Box component="section" aria-label="Fields of this row">
      <Typography variant="h2" sx={{ fontSize: 14, mb: 1 }}>
        Fields
      </Typography>
      {all.length < MANY ? null : (
        <TextField
          label={`Find in ${counted(all.length, 'field')}`}
          value={wanted}
          onChange={(event) => setWanted(event.target.value)}
          sx={{ mb: 2, mt: 1 }}
        />
      )}
      <Box component="table" sx={{ width: '100%', borderCollapse: 'collapse', tableLayout: 'fixed', fontSize: 13 }}>
        <colgroup>
          <Box component="col" sx={{ width: '36%' }} />
          <col />
          <Box component="col" sx={{ width: 84 }} />
        </colgroup>
        <tbody>
          {shown.map((field) => (
            <FieldLine key={field.name} field={field} onFilter={onFilter} />
          ))}
        </tbody>
      </Box>
      {shown.length > 0 ? null : <Typography variant="body2">No field has that in its name or value.</Typography>}
    </Box>
  );
}

function FieldLine({ field, onFilter }: { field: Field; onFilter: Props['onFilter'] }) {
  const { name, value } = field;
  return (
    <Box component="tr" sx={{ borderTop: 1, borderColor: 'divider', verticalAlign: 'top' }}>
      <Box component="th" scope="row" sx={{ p: 1, pl: 0, textAlign: 'left', fontWeight: 400, color: 'text.secondary', overflowWrap: 'anywhere' }}>
        {name}
      </Box>
      <Box component="td" sx={{ p: 1, fontFamily: fonts.lines, fontSize: 12.5, overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
        <Value name={name} value={value} />
      </Box>
      <Box component="td" sx={{ p: 0, textAlign: 'right', whiteSpace: 'nowrap' }}>
        <Act icon="filter" label={`Filter for ${name}`} onClick={() => onFilter(name, value, 'for')} />
        <Act icon="minus" label={`Filter out ${name}`} onClick={() => onFilter(name, value, 'out')} />
        <CopyButton text={String(value ?? '')} label={`the value of ${name}`} />
      </Box>
    </Box>
  );
}

function Value({ name, value }: Field) {
  if (name === SEVERITY) return <Severity code={severityOf(value)} />;
  if (value === null) {
    return (
      <Box component="span" sx={{ color: 'text.secondary', fontFamily: fonts.frame }}>
        no value
      </Box>
    );
  }
  const word = typeof value === 'number' ? VALUE_NAMES[name]?.[value] : undefined;
  return visibleText(word === undefined ? String(value) : `${word} (${value})`);
}

function Act({ icon, label, onClick }: { icon: IconName; label: string; onClick: () => void }) {
  return (
    <IconButton size="small" aria-label={label} title={label} onClick={onClick} sx={{ p: '5px', color: 'text.secondary' }}>
      <Icon name={icon} size={16} />
    </IconButton>
  );
}
