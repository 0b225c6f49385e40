/** Which table a row belongs to, told by its columns alone: the pages that would say so may be the damaged ones. */
import type { Cell, Column } from './cells.ts';

export type Row =
  | { readonly table: 'record' | 'timer' | 'fence' | 'inbox' | 'frame' | 'trimmed'; readonly values: readonly Column[] }
  | {
      readonly table: 'owner';
      readonly number: number;
      readonly ns: string;
      readonly session: string;
      readonly positions: number;
    }
  /** An index knew of a record. */
  | { readonly table: 'index_entry'; readonly ns: string; readonly kind: string; readonly id: string };

/** Undefined for rows that hold nothing of their own, and for what no relay has written. */
export function rowOf({ rowid, columns }: Cell): Row | undefined {
  const shape = columns.map(letterOf).join('');
  const [a, b, c, d, e] = columns;
  switch (shape) {
    case 'TTTITT':
      return isJson(e) && isJson(columns[5]) ? { table: 'record', values: columns } : undefined;
    case 'TTTTI':
      return { table: 'timer', values: columns };
    case 'TTTTT':
      return { table: 'index_entry', ns: text(a), kind: text(b), id: text(e) };
    case 'III':
      return { table: 'trimmed', values: columns };
    case 'IIT':
      return isJson(c) ? { table: 'inbox', values: columns } : undefined;
    case 'IIIITTT':
      return isFrame(columns) ? { table: 'frame', values: columns } : undefined;
    case '-TTI':
      return rowid === undefined
        ? undefined
        : { table: 'owner', number: rowid, ns: text(b), session: text(c), positions: Number(d) };
    case 'TTI':
      // A fence is named after a runner. What is named after a session is the index of the owners.
      return text(b).startsWith('ses_')
        ? { table: 'owner', number: Number(c), ns: text(a), session: text(b), positions: 0 }
        : { table: 'fence', values: columns };
    default:
      return undefined;
  }
}

function letterOf(column: Column): string {
  if (column === null) return '-';
  return typeof column === 'string' ? 'T' : 'I';
}

function isJson(column: Column | undefined): boolean {
  return parsed(column) !== undefined;
}

function isFrame([, epoch, last, first, kind, , body]: readonly Column[]): boolean {
  const records = parsed(body);
  const count = Number(last) - Number(first) + 1;
  if (!Array.isArray(records) || records.length !== count) return false;
  return Number(epoch) >= 1 && Number(first) >= 1 && (kind === 'events' || kind === 'fact');
}

function parsed(column: Column | undefined): unknown {
  try {
    return JSON.parse(text(column));
  } catch {
    return undefined;
  }
}

const text = (column: Column | undefined): string => (typeof column === 'string' ? column : '');
