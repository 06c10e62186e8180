import { DataTable, type DataColumn } from '@/components/ui/data-table';
import { Panel } from '@/components/ui/panel';
import { bytes, count } from '@/lib/format';
import type { EnginePartition } from '@/types/shapes';

const COLUMNS: readonly DataColumn<EnginePartition>[] = [
  { key: 'day', title: 'Day', isHeading: true, cell: ({ day }) => day },
  { key: 'rows', title: 'Rows', align: 'right', cell: ({ rows }) => count(rows) },
  { key: 'bytes', title: 'Size', align: 'right', cell: (partition) => bytes(partition.bytes) },
];
const MOST_PX = 240;

/** The days that this run of the engine has stored into. */
export function DaysPanel({ days }: { days: readonly EnginePartition[] | null }) {
  if (days === null || days.length === 0) return null;
  return (
    <Panel title="Days" aside="stored by this run">
      <DataTable
        caption="Stored days"
        columns={COLUMNS}
        rows={days.toReversed()}
        rowKey={({ day }) => day}
        maxHeight={MOST_PX}
        phone="scroll"
      />
    </Panel>
  );
}
