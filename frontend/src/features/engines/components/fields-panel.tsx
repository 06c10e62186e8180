import Box from '@mui/material/Box';

import { DataTable, type DataColumn } from '@/components/ui/data-table';
import { Icon } from '@/components/ui/icon';
import { Panel } from '@/components/ui/panel';
import type { EngineField } from '@/types/shapes';

import { costInWords, hitRateInWords, roadInWords } from '../field-words';

const MOST_PX = 320;

const COLUMNS: readonly DataColumn<EngineField>[] = [
  { key: 'field', title: 'Field', isHeading: true, sort: ({ field }) => field, cell: (field) => <Name field={field} /> },
  {
    key: 'found',
    title: 'Found in',
    align: 'right',
    isDescending: true,
    sort: ({ hit_rate: hitRate }) => hitRate,
    cell: ({ hit_rate: hitRate }) => hitRateInWords(hitRate),
  },
  {
    key: 'cost',
    title: 'Cost a line',
    align: 'right',
    isDescending: true,
    sort: ({ nanoseconds_a_line: cost }) => cost,
    cell: ({ nanoseconds_a_line: cost }) => costInWords(cost),
  },
  { key: 'road', title: 'Road', from: 'sm', cell: ({ road, why }) => <span title={why ?? undefined}>{roadInWords(road)}</span> },
];

/** The fields of the engine's class: how often each is found, and what it costs. */
export function FieldsPanel({ fields, logClass }: { fields: readonly EngineField[] | null; logClass: string }) {
  if (fields === null) return null;
  return (
    <Panel title="Fields" aside={`class ${logClass}`}>
      <DataTable
        caption="Fields"
        columns={COLUMNS}
        rows={fields}
        rowKey={({ field }) => field}
        maxHeight={MOST_PX}
        phone="scroll"
        empty="Nothing has been searched yet."
      />
    </Panel>
  );
}

function Name({ field }: { field: EngineField }) {
  return (
    <Box component="span" sx={{ overflowWrap: 'anywhere' }}>
      {field.field}
      {field.parked === null ? null : (
        <Box component="span" sx={{ color: 'warning.main', display: 'flex', alignItems: 'center', gap: 1, fontWeight: 400 }}>
          <Icon name="pause" size={14} />
          parked
        </Box>
      )}
    </Box>
  );
}
