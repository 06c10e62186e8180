import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';

import { DataTable, type DataColumn } from '@/components/ui/data-table';
import { Icon } from '@/components/ui/icon';
import { Panel } from '@/components/ui/panel';
import { bytes, count, counted } from '@/lib/format';
import type { EngineProcess } from '@/types/shapes';

import { shareInWords, shareOf, type Looks } from '../cpu-shares';
import { useCpu } from '../hooks/use-cpu';
import { beatInWords, isLate, roleInWords } from '../process-words';

interface Props {
  processes: readonly EngineProcess[];
  /** When it was so, ms. */
  at: number;
}

/** The engine's processes: what each does and takes, and whether it is alive. */
export function ProcessesPanel({ processes, at }: Props) {
  const looks = useCpu(processes, at);
  const memory = processes.reduce((sum, each) => sum + each.rss_bytes, 0);
  return (
    <Panel
      title="Processes"
      aside={processes.length === 0 ? null : `${counted(processes.length, 'process', 'processes')}, ${bytes(memory)}`}
    >
      <DataTable
        caption="Processes"
        columns={columnsOf(looks)}
        rows={processes}
        rowKey={({ role, pid }) => `${role} ${pid}`}
        empty="It has no processes: it does not run."
      />
    </Panel>
  );
}

function columnsOf(looks: Looks): DataColumn<EngineProcess>[] {
  return [
    { key: 'role', title: 'Role', isHeading: true, cell: (process) => <Role process={process} /> },
    { key: 'pid', title: 'PID', align: 'right', cell: ({ pid }) => pid },
    {
      key: 'cpu',
      title: 'CPU',
      align: 'right',
      isDescending: true,
      sort: ({ pid }) => shareOf(looks, pid),
      cell: ({ pid }) => shareInWords(shareOf(looks, pid)),
    },
    {
      key: 'memory',
      title: 'Memory',
      align: 'right',
      isDescending: true,
      sort: (process) => process.rss_bytes,
      cell: (process) => bytes(process.rss_bytes),
    },
    { key: 'beat', title: 'Beat', align: 'right', cell: (process) => <Beat age={process.beat_age_seconds} /> },
    {
      key: 'restarts',
      title: 'Restarts',
      align: 'right',
      cell: ({ restarts }) => (restarts == null ? '–' : count(restarts)),
    },
  ];
}

function Role({ process }: { process: EngineProcess }) {
  const { role, last_exit: lastExit } = process;
  return (
    <>
      {role}
      <Typography component="div" variant="body2" sx={{ color: 'text.secondary' }}>
        {roleInWords(role)}
      </Typography>
      {lastExit == null ? null : (
        <Typography component="div" variant="body2" sx={{ color: 'text.secondary', overflowWrap: 'anywhere' }}>
          the one before {lastExit}
        </Typography>
      )}
    </>
  );
}

function Beat({ age }: { age: number | null | undefined }) {
  if (!isLate(age)) return <Box component="span" sx={{ whiteSpace: 'nowrap' }}>{beatInWords(age)}</Box>;
  return (
    <Box component="span" sx={{ color: 'warning.main', display: 'inline-flex', alignItems: 'center', gap: 1 }}>
      <Icon name="warning" size={14} />
      late, {beatInWords(age)}
    </Box>
  );
}
