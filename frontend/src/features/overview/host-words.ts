/** The machine in one sentence. */
import { counted } from '@/lib/format';
import type { Host } from '@/types/shapes';

export function hostWords(host: Host): string {
  const disk = host.disks.find((each) => each.is_data);
  const { total_bytes: total, available_bytes: available } = host.memory;
  const memory = total === 0 ? 0 : (100 * (total - available)) / total;
  const parts = [
    `${host.name}:`,
    disk === undefined ? '' : `data on ${disk.mount}${disk.file_system === '' ? '' : ` (${disk.file_system})`},`,
    `load ${(host.load[0] ?? 0).toFixed(1)} on ${counted(host.usable_cores, 'core')},`,
    `${memory.toFixed(0)} % of the memory used.`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}
