/** Tool calls in the words of the Agent Client Protocol, as rows. */
import type { SessionUpdate } from '@treeline/shared';
import { contentText, fields, stringOf } from './records.ts';
import type { RowOf, ToolPart, ToolStatus } from './rows.ts';

const STATUSES: ReadonlySet<string> = new Set(['pending', 'in_progress', 'completed', 'failed']);

/** Treeline's own tools: what they did stands beside them as a row that says more. */
const OWN_TOOLS =
  /(^|[^a-z])(spawn_session|ask_user_question|submit_plan|respond_to_trigger|escalate_trigger|tell_child)$/;

/** Whether a call needs no row of its own. */
export function isToldElsewhere({ title, status }: RowOf<'tool'>): boolean {
  return status !== 'failed' && OWN_TOOLS.test(title);
}

export function toolRow(update: SessionUpdate, base: { key: string; at: number }): RowOf<'tool'> {
  const empty: RowOf<'tool'> = {
    ...base,
    kind: 'tool',
    callId: stringOf(update['toolCallId']) ?? '',
    title: 'tool',
    toolKind: 'other',
    status: 'pending',
    input: undefined,
    parts: [],
    endedAt: undefined,
  };
  return updatedTool(empty, update, base.at);
}

/** The row with what an update says anew. */
export function updatedTool(row: RowOf<'tool'>, update: SessionUpdate, at: number): RowOf<'tool'> {
  const status = statusOf(update['status']) ?? row.status;
  const over = status === 'completed' || status === 'failed';
  const content = Array.isArray(update['content']) ? partsOf(update['content']) : undefined;
  const output = content === undefined || content.length === 0 ? outputPart(update['rawOutput']) : content;
  return {
    ...row,
    title: stringOf(update['title']) || row.title,
    toolKind: stringOf(update['kind']) ?? row.toolKind,
    status,
    input: inputText(update['rawInput']) ?? row.input,
    parts: output ?? row.parts,
    endedAt: over ? (row.endedAt ?? at) : undefined,
  };
}

function statusOf(value: unknown): ToolStatus | undefined {
  return typeof value === 'string' && STATUSES.has(value) ? (value as ToolStatus) : undefined;
}

function partsOf(content: readonly unknown[]): ToolPart[] {
  return content.flatMap((item): ToolPart[] => {
    const part = fields(item);
    switch (part?.['type']) {
      case 'diff':
        return [
          {
            type: 'diff',
            path: stringOf(part['path']) ?? '',
            before: stringOf(part['oldText']) ?? '',
            text: stringOf(part['newText']) ?? '',
          },
        ];
      case 'terminal':
        return [{ type: 'terminal', text: stringOf(part['output']) ?? stringOf(part['terminalId']) ?? '' }];
      case 'content': {
        const text = contentText(part['content']);
        return text === '' ? [] : [{ type: 'text', text }];
      }
      default:
        return [];
    }
  });
}

function outputPart(raw: unknown): ToolPart[] | undefined {
  if (raw === undefined || raw === null) return undefined;
  return [{ type: 'text', text: typeof raw === 'string' ? raw : JSON.stringify(raw, null, 2) }];
}

/** What a call was given: a command as it is, anything else as JSON. */
function inputText(raw: unknown): string | undefined {
  if (raw === undefined || raw === null) return undefined;
  if (typeof raw === 'string') return raw;
  const command = fields(raw)?.['command'];
  if (typeof command === 'string') return command;
  if (Array.isArray(command)) return command.map(String).join(' ');
  const text = JSON.stringify(raw, null, 2);
  return text === '{}' ? undefined : text;
}
