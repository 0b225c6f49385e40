/** How pi's tool calls look in the words of the Agent Client Protocol. */
import type { SessionUpdate } from '@treeline/shared';
import { z } from 'zod';

const TITLE_CHARS = 200;

const Args = z.looseObject({
  command: z.string().optional(),
  path: z.string().optional(),
  pattern: z.string().optional(),
  content: z.string().optional(),
  oldText: z.string().optional(),
  newText: z.string().optional(),
  edits: z.array(z.looseObject({ oldText: z.string(), newText: z.string() })).optional(),
});
type Args = z.infer<typeof Args>;

const Result = z.looseObject({
  content: z.array(
    z.looseObject({
      type: z.string(),
      text: z.string().optional(),
      data: z.string().optional(),
      mimeType: z.string().optional(),
    }),
  ),
});

const KINDS: Readonly<Record<string, string>> = {
  bash: 'execute',
  powershell: 'execute',
  read: 'read',
  ls: 'read',
  edit: 'edit',
  write: 'edit',
  grep: 'search',
  find: 'search',
};

export const ToolStart = z.looseObject({ toolCallId: z.string(), toolName: z.string(), args: z.unknown() });
export const ToolProgress = z.looseObject({ toolCallId: z.string(), partialResult: z.unknown() });
export const ToolEnd = z.looseObject({ toolCallId: z.string(), result: z.unknown(), isError: z.boolean() });

export function toolCall({ toolCallId, toolName, args }: z.infer<typeof ToolStart>): SessionUpdate {
  const known = Args.safeParse(args).data ?? {};
  const diffs = diffsOf(toolName, known);
  return {
    sessionUpdate: 'tool_call',
    toolCallId,
    title: titleOf(toolName, known),
    kind: KINDS[toolName] ?? 'other',
    status: 'in_progress',
    rawInput: args,
    ...(known.path === undefined ? {} : { locations: [{ path: known.path }] }),
    ...(diffs.length === 0 ? {} : { content: diffs }),
  };
}

/** Output so far: the newest stands for all before it. */
export function toolProgress({ toolCallId, partialResult }: z.infer<typeof ToolProgress>): SessionUpdate {
  return { sessionUpdate: 'tool_call_update', toolCallId, content: contentOf(partialResult) };
}

export function toolEnd({ toolCallId, result, isError }: z.infer<typeof ToolEnd>): SessionUpdate {
  const status = isError ? 'failed' : 'completed';
  return { sessionUpdate: 'tool_call_update', toolCallId, status, content: contentOf(result) };
}

function titleOf(toolName: string, args: Args): string {
  const subject = args.command ?? args.path ?? args.pattern ?? '';
  const title = args.command === undefined ? `${toolName} ${subject}` : subject;
  return Array.from(title.trim().replaceAll(/\s+/g, ' ')).slice(0, TITLE_CHARS).join('') || toolName;
}

function diffsOf(toolName: string, args: Args): unknown[] {
  const { path } = args;
  if (path === undefined) return [];
  if (toolName === 'write') return [{ type: 'diff', path, oldText: null, newText: args.content ?? '' }];
  if (toolName !== 'edit') return [];
  const edits = args.edits ?? [{ oldText: args.oldText ?? '', newText: args.newText ?? '' }];
  return edits.map(({ oldText, newText }) => ({ type: 'diff', path, oldText, newText }));
}

/** Pictures are named, not carried: a log record is no place for them. */
function contentOf(result: unknown): unknown[] {
  const parts = Result.safeParse(result).data?.content ?? [];
  return parts.map(({ type, text, data, mimeType }) => {
    const shown = text ?? `[${mimeType ?? type}, ${Math.ceil((data ?? '').length * 0.75)} bytes]`;
    return { type: 'content', content: { type: 'text', text: shown } };
  });
}
