import Box from '@mui/material/Box';
import Link from '@mui/material/Link';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import { Link as RouterLink } from 'react-router';

import { Sparkline } from '@/components/charts/sparkline';
import { DataTable, type DataColumn } from '@/components/ui/data-table';
import { EngineState } from '@/components/ui/engine-state';
import { Icon } from '@/components/ui/icon';
import { unseen } from '@/components/ui/unseen';
import { count, duration, rate } from '@/lib/format';

import { possibleDeeds, type Deed, type Rights } from '../deeds';
import type { EngineLine } from '../engine-lines';
import { settingNames } from '../setting-words';
import { DeedMenu } from './deed-menu';

interface Props {
  lines: readonly EngineLine[];
  /** Received by the minute, by engine. */
  hours: ReadonlyMap<string, readonly number[]>;
  /** ms since the epoch. */
  now: number;
  rights: Rights;
  isBusy: (name: string) => boolean;
  onChoose: (deed: Deed, name: string) => void;
  empty: ReactNode;
}

export function EngineTable({ lines, hours, now, rights, isBusy, onChoose, empty }: Props) {
  const some = lines.some(({ isWhole }) => isWhole);
  const columns: DataColumn<EngineLine>[] = [
    { key: 'name', title: 'Name', isHeading: true, sort: (line) => line.name, cell: (line) => <Name line={line} /> },
    { key: 'state', title: 'State', sort: (line) => line.state, cell: (line) => <State line={line} now={now} /> },
  ];
  // Of engines whose clients are seen only, there is no more than that.
  if (some) columns.push(...figures(hours));
  if (rights.mayOperate) {
    columns.push({
      key: 'deeds',
      title: 'Actions',
      isTitleHidden: true,
      align: 'right',
      cell: (line) => (
        <DeedMenu
          name={line.name}
          deeds={possibleDeeds(line, rights)}
          isBusy={isBusy(line.name)}
          onChoose={(deed) => onChoose(deed, line.name)}
        />
      ),
    });
  }
  return <DataTable caption="Engines" columns={columns} rows={lines} rowKey={(line) => line.name} empty={empty} />;
}

function figures(hours: Props['hours']): DataColumn<EngineLine>[] {
  return [
    { key: 'class', title: 'Class', from: 'md', sort: (line) => line.logClass, cell: (line) => line.logClass },
    {
      key: 'port',
      title: 'Port',
      align: 'right',
      sort: (line) => line.port,
      cell: (line) => (line.port === null ? <Unknown /> : line.port),
    },
    figure('received', 'Received', (line) => line.received, rate),
    { ...figure('stored', 'Stored', (line) => line.stored, rate), from: 'md' },
    figure('lost', 'Lost', (line) => line.lost, count),
    { key: 'hour', title: 'Last hour', from: 'lg', cell: (line) => <Hour name={line.name} values={hours.get(line.name)} /> },
  ];
}

function figure(
  key: string,
  title: string,
  value: (line: EngineLine) => number | null,
  words: (value: number) => string,
): DataColumn<EngineLine> {
  const cell = (line: EngineLine) => {
    const known = value(line);
    return known === null ? <Unknown /> : words(known);
  };
  return { key, title, align: 'right', isDescending: true, sort: value, cell };
}

function Name({ line }: { line: EngineLine }) {
  return (
    <>
      <Link component={RouterLink} to={`/engines/${line.name}`} sx={{ display: 'inline-block', minHeight: 24 }}>
        {line.name}
      </Link>
      {line.title === '' ? null : (
        <Typography component="div" variant="body2" sx={{ color: 'text.secondary', overflowWrap: 'anywhere' }}>
          {line.title}
        </Typography>
      )}
    </>
  );
}

function State({ line, now }: { line: EngineLine; now: number }) {
  const since = line.since === null ? '' : `for ${duration(now / 1_000 - line.since)}`;
  return (
    <Box sx={{ minWidth: 0 }}>
      <EngineState state={line.state} />
      <Typography component="div" variant="body2" sx={{ color: 'text.secondary', overflowWrap: 'anywhere', maxWidth: 420 }}>
        {line.why === '' ? since : line.why}
      </Typography>
      {line.needsRestart.length === 0 ? null : (
        <Typography
          component="div"
          variant="body2"
          sx={{ color: 'warning.main', display: 'inline-flex', alignItems: 'center', gap: 1 }}
        >
          <Icon name="again" size={14} />
          needs a restart: {settingNames(line.needsRestart)}
        </Typography>
      )}
    </Box>
  );
}

function Hour({ name, values }: { name: string; values: readonly number[] | undefined }) {
  if (values === undefined || values.length === 0) return <Unknown />;
  const most = Math.max(...values);
  return (
    <Sparkline
      values={values}
      colour="received"
      label={`${name}, received in the last hour, by minute: at most ${rate(most / 60)}`}
    />
  );
}

function Unknown() {
  return (
    <Box component="span" sx={{ color: 'text.secondary' }}>
      <span aria-hidden="true">–</span>
      <Box component="span" sx={unseen}>
        not known
      </Box>
    </Box>
  );
}
