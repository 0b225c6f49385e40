/** A row as text to take away. */
import { plainText } from './plain-text.ts';
import type { Row } from './rows.ts';

export function rowText(row: Row): string {
  switch (row.kind) {
    case 'user':
    case 'agent':
    case 'thought':
    case 'notice':
    case 'told':
      return row.text;
    case 'tool':
      return [row.title, row.input, ...row.parts.map(({ text }) => plainText(text))].filter(Boolean).join('\n');
    case 'plan':
      return row.entries.map(({ text, status }) => `- [${status === 'completed' ? 'x' : ' '}] ${text}`).join('\n');
    case 'asked':
      return row.ask.permission?.command ?? row.ask.text;
    case 'answered':
      return row.response;
    case 'escalated':
      return row.context ?? '';
    case 'spawned':
      return row.spec.prompt;
    case 'asleep':
      return '';
    case 'ended':
      return [row.summary, row.detail].filter(Boolean).join('\n');
  }
}
