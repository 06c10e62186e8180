import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import FormControl from '@mui/material/FormControl';
import FormControlLabel from '@mui/material/FormControlLabel';
import FormLabel from '@mui/material/FormLabel';
import Radio from '@mui/material/Radio';
import RadioGroup from '@mui/material/RadioGroup';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useId, useState, type ReactElement, type ReactNode } from 'react';

import { fieldsQuery } from '@/components/query/api/get-fields';
import { ErrorNotice } from '@/components/ui/notice';
import { fonts } from '@/config/tokens';
import { useColumns } from '@/hooks/use-columns';
import { useMe } from '@/hooks/use-session';
import { useZone } from '@/hooks/use-zone';
import { namesOf } from '@/lib/log-columns';
import { may } from '@/lib/rights';
import type { SearchState } from '@/lib/search-address';
import { rangeWords } from '@/lib/time-range';
import { visibleText } from '@/lib/visible-text';

import { useCreateExport } from './api/create-export';
import { DayChoice } from './day-choice';
import { ExportSize } from './export-size';
import { columnsThere, FIRST_CHOICE, FORMATS, hasColumns, requestOf, type Choice, type Format } from './request';

/** What is to be exported, and how. */
export function ExportForm({ search }: { search: SearchState }) {
  // The columns of the address, else those that this browser keeps for the page.
  const [kept] = useColumns('search');
  const shown = search.columns.length > 0 ? search.columns : namesOf(kept);
  const [choice, setChoice] = useState<Choice>(FIRST_CHOICE);
  const create = useCreateExport();
  const fields = useQuery(fieldsQuery(search));
  const columns = columnsThere(shown, fields.data === undefined ? null : Object.keys(fields.data.fields));
  const change = (next: Partial<Choice>) => {
    setChoice((before) => ({ ...before, ...next }));
    create.reset();
  };
  const isDay = choice.format === 'db';
  const taken = choice.columns === 'shown' && hasColumns(choice.format) ? columns : [];
  return (
    <Box
      component="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!create.isPending) create.mutate(requestOf(search, choice, columns));
      }}
      sx={{ display: 'grid', gap: 4, minWidth: 0 }}
    >
      <What search={search} isDay={isDay} />
      <Box sx={{ display: 'grid', gap: 4, gridTemplateColumns: { xs: 'minmax(0, 1fr)', sm: 'repeat(2, minmax(0, 1fr))' } }}>
        <Formats format={choice.format} onChange={(format) => change({ format })} />
        <Box sx={{ display: 'grid', gap: 3, alignContent: 'start', minWidth: 0 }}>
          {isDay ? <DayChoice search={search} day={choice.day} onDay={(day) => change({ day })} /> : null}
          {hasColumns(choice.format) ? <Columns choice={choice} columns={columns} onChange={change} /> : null}
          <Options choice={choice} onChange={change} />
          <TextField
            label="File name, if you want another"
            value={choice.name}
            onChange={(event) => change({ name: event.target.value })}
            autoComplete="off"
            slotProps={{ htmlInput: { maxLength: 100, spellCheck: false } }}
          />
        </Box>
      </Box>
      {create.error === null ? null : <ErrorNotice error={create.error} />}
      <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 4 }}>
        <Button type="submit" variant="contained" loading={create.isPending} disabled={isDay && choice.day === ''}>
          Start export
        </Button>
        <Box role="status" sx={{ flex: 1, minWidth: 200, fontSize: 13, color: 'text.secondary' }}>
          {create.isSuccess ? (
            'Started. It stands below, and goes on while this is closed.'
          ) : isDay ? null : (
            <ExportSize search={search} format={choice.format} columns={taken} />
          )}
        </Box>
      </Box>
    </Box>
  );
}

function What({ search, isDay }: { search: SearchState; isDay: boolean }) {
  const zone = useZone() ?? 'UTC';
  if (isDay) return <Typography>A day as it is stored, whatever the query says.</Typography>;
  return (
    <Typography component="div" sx={{ overflowWrap: 'anywhere' }}>
      All rows that match, not only those on the page: {rangeWords(search.range, zone)}
      {search.q.trim() === '' ? null : (
        <>
          {', '}
          <Box component="code" sx={{ fontFamily: fonts.lines, fontSize: 13 }}>
            {visibleText(search.q)}
          </Box>
        </>
      )}
    </Typography>
  );
}

function Formats({ format, onChange }: { format: Format; onChange: (format: Format) => void }) {
  const me = useMe();
  const id = useId();
  // A day file has everything of a day: it is for operators who see everything.
  const isWhole = me.user.scope.engines.length === 0 && me.user.scope.clients.length === 0;
  const offered = FORMATS.filter((each) => each.format !== 'db' || (may(me, 'operate') && isWhole));
  return (
    <FormControl sx={{ minWidth: 0 }}>
      <Legend id={id}>Format</Legend>
      <RadioGroup aria-labelledby={id} value={format} onChange={(_, value) => onChange(chosen(value))}>
        {offered.map((each) => (
          <Option key={each.format} control={<Radio size="small" value={each.format} sx={{ p: '4px' }} />} name={each.name} words={each.words} />
        ))}
      </RadioGroup>
    </FormControl>
  );
}

function chosen(value: string): Format {
  return FORMATS.find(({ format }) => format === value)?.format ?? FIRST_CHOICE.format;
}

interface ChoiceProps {
  choice: Choice;
  onChange: (next: Partial<Choice>) => void;
}

function Columns({ choice, columns, onChange }: ChoiceProps & { columns: readonly string[] }) {
  const id = useId();
  if (columns.length === 0) return null;
  return (
    <FormControl sx={{ minWidth: 0 }}>
      <Legend id={id}>Columns</Legend>
      <RadioGroup
        aria-labelledby={id}
        value={choice.columns}
        onChange={(_, value) => onChange({ columns: value === 'all' ? 'all' : 'shown' })}
      >
        <Option control={<Radio size="small" value="shown" sx={{ p: '4px' }} />} name="Shown" words={columns.join(', ')} />
        <Option control={<Radio size="small" value="all" sx={{ p: '4px' }} />} name="All" words="every field there is" />
      </RadioGroup>
    </FormControl>
  );
}

function Options({ choice, onChange }: ChoiceProps) {
  const isCsv = choice.format === 'csv';
  return (
    <Box sx={{ display: 'grid' }}>
      {isCsv ? (
        <>
          <Tick
            name="Safe from formulas"
            words="a ' before what a spreadsheet would calculate"
            isOn={choice.formulaSafe}
            onTurn={(formulaSafe) => onChange({ formulaSafe })}
          />
          <Tick name="Byte order mark" words="Excel needs it for letters like ü" isOn={choice.bom} onTurn={(bom) => onChange({ bom })} />
        </>
      ) : null}
      {choice.format === 'db' ? null : (
        <Tick
          name="Leave out days that cannot be read"
          words="else the export fails at them"
          isOn={choice.skipDamaged}
          onTurn={(skipDamaged) => onChange({ skipDamaged })}
        />
      )}
    </Box>
  );
}

function Tick({ name, words, isOn, onTurn }: { name: string; words: string; isOn: boolean; onTurn: (isOn: boolean) => void }) {
  return (
    <Option
      control={<Checkbox size="small" checked={isOn} onChange={(_, next) => onTurn(next)} sx={{ p: '4px' }} />}
      name={name}
      words={words}
    />
  );
}

function Option({ control, name, words }: { control: ReactElement; name: string; words: string }) {
  return (
    <FormControlLabel
      control={control}
      sx={{ mr: 0, ml: '-4px', alignItems: 'flex-start', '& .MuiFormControlLabel-label': { pt: '3px', minWidth: 0 } }}
      label={
        <>
          {name}{' '}
          <Box component="span" sx={{ color: 'text.secondary', fontSize: 13, overflowWrap: 'anywhere' }}>
            {words}
          </Box>
        </>
      }
    />
  );
}

function Legend({ id, children }: { id: string; children: ReactNode }) {
  return (
    <FormLabel id={id} sx={{ fontSize: 13, fontWeight: 600, color: 'text.primary', mb: 1, '&.Mui-focused': { color: 'text.primary' } }}>
      {children}
    </FormLabel>
  );
}
