/** The reference part of docs/protocol.md, from the declarations. */
import {
  API,
  ERRORS,
  type EventMap,
  LIMITS,
  PROTOCOL,
  RelayToRunner,
  RelayToViewer,
  RunnerToRelay,
  TIMES,
  TREE_LIMITS,
  ViewerToRelay,
} from '@treeline/shared';
import { z } from 'zod';

const MARK = '<!-- generated: reference -->';

/** The page with its reference made anew. */
export function withReference(page: string): string {
  const at = page.indexOf(MARK);
  if (at < 0) throw new Error(`docs/protocol.md has no line ${MARK}`);
  return `${page.slice(0, at)}${MARK}\n\n${reference()}`;
}

function reference(): string {
  return [
    `Protocol versions ${String(PROTOCOL.min)} to ${String(PROTOCOL.max)}. Every acknowledgement is \`{ok: true, value}\` or \`{ok: false, error: {code, message, hint}}\`.`,
    events('`/runner`, runner → relay', RunnerToRelay),
    events('`/runner`, relay → runner', RelayToRunner),
    events('`/viewer`, viewer → relay', ViewerToRelay),
    events('`/viewer`, relay → viewer', RelayToViewer),
    endpoints(),
    errors(),
    constants('Limits', 'Bytes of UTF-8 unless the name says characters or counts.', { ...LIMITS, ...TREE_LIMITS }),
    constants('Times', 'Milliseconds.', TIMES),
  ].join('\n\n');
}

function events(title: string, map: EventMap): string {
  const rows = Object.entries(map).map(([name, { doc, payload, reply }]) =>
    row([`\`${name}\``, fields(payload), reply === null ? 'none' : fields(reply), doc]),
  );
  return [
    `### ${title}`,
    '',
    row(['event', 'payload', 'acknowledgement', 'meaning']),
    row(['---', '---', '---', '---']),
    ...rows,
  ].join('\n');
}

function endpoints(): string {
  const rows = Object.values(API).map(({ method, path, doc, ...rest }) => {
    const input = ['query' in rest ? fields(rest.query) : '', 'body' in rest ? fields(rest.body) : '']
      .filter(Boolean)
      .join(' ');
    return row([`\`${method.toUpperCase()} /api/v1${path}\``, input, fields(rest.response), doc]);
  });
  return [
    '### HTTP',
    '',
    row(['endpoint', 'input', 'answer', 'meaning']),
    row(['---', '---', '---', '---']),
    ...rows,
  ].join('\n');
}

function errors(): string {
  const rows = Object.entries(ERRORS).map(([code, { status, retry, hint }]) =>
    row([`\`${code}\``, String(status), retry ? 'yes' : 'no', hint]),
  );
  return [
    '### Errors',
    '',
    row(['code', 'HTTP', 'try again', 'next step']),
    row(['---', '---', '---', '---']),
    ...rows,
    '',
  ]
    .join('\n')
    .trimEnd();
}

function constants(title: string, note: string, values: Readonly<Record<string, number>>): string {
  const rows = Object.entries(values).map(([name, value]) => row([`\`${name}\``, value.toLocaleString('en-US')]));
  return [`### ${title}`, '', note, '', row(['name', 'value']), row(['---', '---']), ...rows, ''].join('\n').trimEnd();
}

/** `{a, b?}`: the top level of a schema. */
function fields(schema: z.ZodType): string {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const required = new Set(json.required ?? []);
  const names = Object.keys(json.properties ?? {}).map((name) => (required.has(name) ? name : `${name}?`));
  if (names.length > 0) return `\`{${names.join(', ')}}\``;
  return json.type === 'object' ? '`{}`' : (json.title ?? '');
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}
