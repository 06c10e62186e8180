import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useState, type ReactNode } from 'react';

import { sentence } from '@/components/ui/notice';
import { fonts } from '@/config/tokens';
import { useAhead } from '@/hooks/use-zone';
import { ALL_TIME, around, RELATIVE_RANGES, sameRange, shownField, type TimeRange } from '@/lib/time-range';
import { momentOf, TYPED_EXAMPLES, typedTime } from '@/lib/typed-time';
import { dayWords, offsetWords } from '@/lib/zone';

import { useResolveRange } from './api/resolve-range';

interface Props {
  titleId: string;
  value: TimeRange;
  zone: string;
  onChoose: (range: TimeRange) => void;
}

const OFFERED: readonly { name: string; range: TimeRange }[] = [
  ...RELATIVE_RANGES,
  { name: 'today', range: { since: 'today', until: null } },
  { name: 'yesterday', range: { since: 'yesterday', until: 'today' } },
  { name: 'all that is stored', range: ALL_TIME },
];

/** What the picker offers. Whatever is typed is read by the API before it is taken. */
export function TimeChoice({ titleId, value, zone, onChoose }: Props) {
  const now = useNow();
  return (
    <Stack spacing={4}>
      <Typography variant="h2" id={titleId}>
        Time range
      </Typography>
      <Box role="group" aria-label="Relative" sx={{ display: 'flex', flexWrap: 'wrap', gap: 2 }}>
        {OFFERED.map(({ name, range }) => {
          const isChosen = sameRange(range, value);
          return (
            <Button
              key={name}
              size="small"
              variant={isChosen ? 'contained' : 'outlined'}
              aria-pressed={isChosen}
              onClick={() => onChoose(range)}
            >
              {name}
            </Button>
          );
        })}
      </Box>
      <Typed zone={zone} now={now} onChoose={onChoose} />
      <FromTo zone={zone} value={value} onChoose={onChoose} />
      <Jump zone={zone} now={now} onChoose={onChoose} />
      <Typography variant="body2" sx={{ color: 'text.secondary' }}>
        Times are those of {zone} ({offsetWords(now(), zone)}), the zone of the server.
      </Typography>
    </Stack>
  );
}

interface PartProps {
  zone: string;
  now: () => number;
  onChoose: (range: TimeRange) => void;
}

function Typed({ zone, now, onChoose }: PartProps) {
  const resolve = useResolveRange();
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const take = () => {
    const typed = typedTime(text, dayWords(now(), zone));
    setProblem('problem' in typed ? typed.problem : null);
    if ('range' in typed) resolve.mutate(typed.range, { onSuccess: () => onChoose(typed.range) });
  };
  const wrong = problem ?? (resolve.error === null ? null : sentence(resolve.error.message));
  return (
    <Line
      onTake={take}
      isBusy={resolve.isPending}
      words="Apply"
      below={<Examples onTry={setText} />}
    >
      <TextField
        label="Type or paste a time"
        value={text}
        onChange={(event) => setText(event.target.value)}
        error={wrong !== null}
        helperText={wrong}
        slotProps={{ htmlInput: { autoCapitalize: 'none', autoComplete: 'off', spellCheck: false, maxLength: 200 } }}
      />
    </Line>
  );
}

function Examples({ onTry }: { onTry: (example: string) => void }) {
  return (
    <Box role="group" aria-label="Examples" sx={{ display: 'flex', flexWrap: 'wrap', gap: 1, mt: 1 }}>
      {TYPED_EXAMPLES.map((example) => (
        <Button
          key={example}
          size="small"
          color="inherit"
          onClick={() => onTry(example)}
          sx={{ px: 2, py: 0, minWidth: 0, minHeight: 24, fontFamily: fonts.lines, fontSize: 12, fontWeight: 400, color: 'text.secondary' }}
        >
          {example}
        </Button>
      ))}
    </Box>
  );
}

function FromTo({ zone, value, onChoose }: Omit<PartProps, 'now'> & { value: TimeRange }) {
  const resolve = useResolveRange();
  const [since, setSince] = useState(() => shownField(value.since, zone));
  const [until, setUntil] = useState(() => shownField(value.until, zone));
  const isEmpty = since === '' && until === '';
  const take = () => {
    const range = { since: since === '' ? null : since, until: until === '' ? null : until };
    if (!isEmpty) resolve.mutate(range, { onSuccess: () => onChoose(range) });
  };
  const wrong = resolve.error === null ? null : sentence(resolve.error.message);
  return (
    <Line onTake={take} isBusy={resolve.isPending} isDisabled={isEmpty} words="Apply">
      <Box sx={{ display: 'grid', gridTemplateColumns: { xs: '1fr', sm: '1fr 1fr' }, gap: 2 }}>
        <MomentField label="From" value={since} set={setSince} wrong={wrong} />
        <MomentField label="To" value={until} set={setUntil} wrong={null} isWrong={wrong !== null} />
      </Box>
    </Line>
  );
}

interface FieldProps {
  label: string;
  value: string;
  set: (value: string) => void;
  wrong: string | null;
  isWrong?: boolean;
}

function MomentField({ label, value, set, wrong, isWrong = wrong !== null }: FieldProps) {
  return (
    <TextField
      label={label}
      type="datetime-local"
      value={value}
      onChange={(event) => set(event.target.value)}
      error={isWrong}
      helperText={wrong}
      slotProps={{ htmlInput: { step: 1 }, inputLabel: { shrink: true } }}
    />
  );
}

function Jump({ zone, now, onChoose }: PartProps) {
  const resolve = useResolveRange();
  const [text, setText] = useState('');
  const [isUnread, setIsUnread] = useState(false);
  const take = () => {
    const moment = momentOf(text, dayWords(now(), zone));
    setIsUnread(moment === null);
    if (moment === null) return;
    resolve.mutate(
      { since: moment, until: null },
      { onSuccess: (read) => (read.since === null ? undefined : onChoose(around(read.since))) },
    );
  };
  const wrong = isUnread
    ? 'This is no moment that can be read. For example: yesterday 14:00.'
    : resolve.error === null
      ? null
      : sentence(resolve.error.message);
  return (
    <Line onTake={take} isBusy={resolve.isPending} isDisabled={text.trim() === ''} words="Jump">
      <TextField
        label="Jump to a moment"
        value={text}
        onChange={(event) => setText(event.target.value)}
        error={wrong !== null}
        helperText={wrong ?? 'Shows five minutes before and behind it.'}
        slotProps={{ htmlInput: { autoCapitalize: 'none', autoComplete: 'off', spellCheck: false, maxLength: 100 } }}
      />
    </Line>
  );
}

interface LineProps {
  children: ReactNode;
  words: string;
  isBusy: boolean;
  isDisabled?: boolean;
  below?: ReactNode;
  onTake: () => void;
}

function Line({ children, words, isBusy, isDisabled = false, below, onTake }: LineProps) {
  return (
    <Box
      component="form"
      onSubmit={(event) => {
        event.preventDefault();
        onTake();
      }}
    >
      <Box sx={{ display: 'flex', gap: 2, alignItems: 'start' }}>
        <Box sx={{ flex: 1, minWidth: 0 }}>{children}</Box>
        <Button type="submit" variant="outlined" loading={isBusy} disabled={isDisabled} sx={{ minHeight: 40 }}>
          {words}
        </Button>
      </Box>
      {below}
    </Box>
  );
}

/** The server's clock, not that of this browser. */
function useNow(): () => number {
  const ahead = useAhead();
  return () => Date.now() + ahead;
}
