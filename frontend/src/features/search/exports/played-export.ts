/** An export as the API tells it, for tests. */
import type { Export } from '@/types/shapes';

export const played: Export = {
  id: '0123456789abcdef0123456789abcdef',
  file_name: 'syslogger-2026-11-21.csv',
  format: 'csv',
  state: 'done',
  rows: 1_000,
  bytes: 250_000,
  percent: 100,
  error: '',
  asked: {},
  created_at: 1_795_266_000_000_000,
  expires_at: 1_795_269_600_000_000,
};
