import Box from '@mui/material/Box';

import { DataTable, type DataColumn } from '@/components/ui/data-table';
import { useZone } from '@/hooks/use-zone';
import { count } from '@/lib/format';
import type { Balance } from '@/lib/ledger';
import { dayWords, minuteWords } from '@/lib/zone';

import { stateOf, type LedgerStep } from '../ledger-steps';

const HEIGHT_PX = 260;

const TERMS: readonly (readonly [keyof Balance, string])[] = [
  ['offered', 'Offered'],
  ['stored', 'Stored'],
  ['refused', 'Refused'],
  ['empty', 'Empty'],
  ['dropped', 'Dropped'],
  ['kernel', 'Kernel'],
  ['inFlight', 'In flight ±'],
  ['unexplained', 'Unexplained'],
];

/** The ledger by step, the newest first. `In flight` is by how much it grew or shrank. */
export function LedgerTable({ steps, stepWords }: { steps: readonly LedgerStep[]; stepWords: string }) {
  const zone = useZone() ?? 'UTC';
  const columns: DataColumn<LedgerStep>[] = [
    {
      key: 'at',
      title: 'Time',
      cell: (step) => <Box component="span" sx={{ whiteSpace: 'nowrap' }}>{`${dayWords(step.at, zone)} ${minuteWords(step.at, zone)}`}</Box>,
      sort: (step) => step.at,
      isDescending: true,
      isHeading: true,
    },
    ...TERMS.map(([term, title]) => termColumn(term, title)),
    { key: 'state', title: 'Means', cell: (step) => WORDS[stateOf(step.balance)] },
  ];
  return (
    <Box sx={{ borderTop: 1, borderColor: 'divider' }}>
      <DataTable
        caption={`The ledger by ${stepWords}`}
        columns={columns}
        rows={[...steps].reverse()}
        rowKey={(step) => String(step.at)}
        phone="scroll"
        maxHeight={HEIGHT_PX}
      />
    </Box>
  );
}

const WORDS = { nothing: 'nothing', balanced: 'no loss', lost: 'losses', unexplained: 'does not balance' } as const;
const BAD: ReadonlySet<keyof Balance> = new Set(['dropped', 'kernel', 'unexplained']);

function termColumn(term: keyof Balance, title: string): DataColumn<LedgerStep> {
  return {
    key: term,
    title,
    align: 'right',
    isDescending: true,
    sort: (step) => step.balance[term],
    cell: (step) => {
      const value = step.balance[term];
      const isBad = BAD.has(term) && value !== 0;
      return (
        <Box component="span" sx={isBad ? { color: 'error.main', fontWeight: 600 } : { color: value === 0 ? 'text.secondary' : 'text.primary' }}>
          {count(value)}
        </Box>
      );
    },
  };
}
