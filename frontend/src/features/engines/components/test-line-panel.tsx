import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Link from '@mui/material/Link';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { Fragment, useState } from 'react';
import { Link as RouterLink } from 'react-router';

import { ErrorNotice, Notice } from '@/components/ui/notice';
import { Panel } from '@/components/ui/panel';
import { fonts } from '@/config/tokens';
import { useZone } from '@/hooks/use-zone';
import { fieldProblems, problemAt } from '@/lib/field-problems';
import { searchLink } from '@/lib/search-address';
import { visibleText } from '@/lib/visible-text';
import { clockOf } from '@/lib/zone-time';
import type { EngineStatus, TestedLine } from '@/types/shapes';

import { useSendTestLine } from '../api/send-test-line';
import { runs } from '../deeds';
import { cellsOf, idOf } from '../tested-row';

const FIRST_LINE = '<14>a test line of mine';

/** Sends one line as a real datagram, and shows the row that it became. */
export function TestLinePanel({ engine }: { engine: EngineStatus }) {
  const [line, setLine] = useState(FIRST_LINE);
  const send = useSendTestLine(engine.engine);
  const problems = fieldProblems(send.error, ['line']);
  const problem = problemAt(problems, 'line');
  const isPossible = runs(engine.state) && engine.state !== 'paused';
  return (
    <Panel title="Test line">
      <Box
        component="form"
        noValidate
        sx={{ p: 4, display: 'grid', gap: 3 }}
        onSubmit={(event) => {
          event.preventDefault();
          if (isPossible && line !== '' && !send.isPending) send.mutate(line);
        }}
      >
        <TextField
          label="Line"
          value={line}
          onChange={(event) => setLine(event.target.value)}
          multiline
          minRows={2}
          maxRows={6}
          error={problem !== undefined}
          helperText={problem ?? 'It goes to the engine from this machine, and is stored like any other.'}
          autoComplete="off"
          slotProps={{ htmlInput: { spellCheck: false }, input: { sx: { fontFamily: fonts.lines, fontSize: 13 } } }}
        />
        {isPossible ? (
          <Button type="submit" variant="outlined" loading={send.isPending} disabled={line === ''} sx={{ justifySelf: 'start' }}>
            Send it
          </Button>
        ) : (
          <Typography variant="body2" sx={{ color: 'text.secondary' }}>
            The engine is {engine.state} and stores nothing now.
          </Typography>
        )}
        {problems.rest === null ? null : <ErrorNotice error={problems.rest} />}
        {send.data === undefined ? null : <Row tested={send.data} engine={engine.engine} />}
      </Box>
    </Panel>
  );
}

function Row({ tested, engine }: { tested: TestedLine; engine: string }) {
  const { at: timeOf } = clockOf(useZone() ?? 'UTC');
  return (
    <Notice kind="good" title="It is stored, as this row:" announced>
      <Box
        component="dl"
        sx={{ m: 0, mt: 2, display: 'grid', gridTemplateColumns: 'minmax(80px, auto) minmax(0, 1fr)', columnGap: 3, rowGap: 1 }}
      >
        {cellsOf(tested.row, timeOf).map(({ name, text }) => (
          <Fragment key={name}>
            <Box component="dt">{name}</Box>
            <Box
              component="dd"
              sx={{ m: 0, color: 'text.primary', fontFamily: fonts.lines, fontSize: 13, overflowWrap: 'anywhere', maxHeight: 120, overflow: 'auto' }}
            >
              {text === null ? '–' : visibleText(text)}
            </Box>
          </Fragment>
        ))}
      </Box>
      <Link component={RouterLink} to={searchLink({ engines: [engine], row: idOf(tested.row) })} sx={{ display: 'inline-block', mt: 2, minHeight: 24 }}>
        Show it in the search
      </Link>
    </Notice>
  );
}
