/** Columns as this browser keeps them. What was kept and makes no sense any more is passed over. */
import { columnsOf, resized, type LogColumn } from './log-columns';

const PREFIX = 'syslogger.columns.';
const MOST_COLUMNS = 300;

export function storeColumns(key: string, columns: readonly LogColumn[]): void {
  try {
    localStorage.setItem(`${PREFIX}${key}`, JSON.stringify(columns));
  } catch {
    // A browser that keeps nothing has the first columns next time.
  }
}

/** null: nothing is kept. */
export function storedColumns(key: string): LogColumn[] | null {
  const kept = parsed(read(`${PREFIX}${key}`));
  if (!Array.isArray(kept)) return null;
  const columns = kept.slice(0, MOST_COLUMNS).filter(isColumn);
  if (columns.length === 0) return null;
  return columnsOf(columns.map(({ name }) => name)).map((column) => {
    const width = columns.find(({ name }) => name === column.name)?.width ?? column.width;
    return resized([column], column.name, width)[0] ?? column;
  });
}

function isColumn(value: unknown): value is LogColumn {
  return (
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    typeof value.name === 'string' &&
    value.name !== '' &&
    'width' in value &&
    typeof value.width === 'number' &&
    Number.isFinite(value.width)
  );
}

function parsed(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
