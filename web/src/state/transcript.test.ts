import type { Frame, LogRecord } from '@treeline/shared';
import { describe, expect, test } from 'vitest';
import { START } from './position.ts';
import { begin, EMPTY, extend, shownRows, withDelta } from './transcript.ts';

let made = 0;
const id = (prefix: string) => `${prefix}_${String(made++).padStart(26, '0')}` as never;
type Body = LogRecord extends infer R ? (R extends { id: unknown } ? Omit<R, 'id' | 'at'> : never) : never;

function frame(first: number, bodies: readonly unknown[], { epoch = 1, kind = 'events' as Frame['kind'] } = {}): Frame {
  const records = bodies.map((body) => ({ id: id('rec'), at: 1000 + first, ...(body as object) }));
  return {
    id: id('frm'),
    session: id('ses'),
    epoch,
    first,
    count: records.length,
    kind,
    body: JSON.stringify(records),
  };
}
const fact = (first: number, body: Body) => frame(first, [body], { kind: 'fact' });
const update = (sessionUpdate: string, rest: object = {}): Body => ({
  kind: 'update',
  update: { sessionUpdate, ...rest },
});
const say = (text: string, messageId = 'm1') =>
  update('agent_message_chunk', { messageId, content: { type: 'text', text } });
const kinds = (frames: readonly Frame[]) => begin(frames, { earlier: false }).rows.map(({ kind }) => kind);

describe('from frames to rows', () => {
  test('pieces of one message are one row, also across frames; another message is another', () => {
    const { rows } = begin([frame(1, [say('Hel'), say('lo')]), frame(3, [say('!'), say('Next', 'm2')])], {
      earlier: false,
    });
    expect(rows.map((row) => row.kind === 'agent' && row.text)).toEqual(['Hello!', 'Next']);
  });

  test('a tool call is one row that its updates complete', () => {
    const { rows } = begin(
      [
        frame(1, [
          update('tool_call', {
            toolCallId: 'c',
            title: 'ls',
            kind: 'execute',
            status: 'in_progress',
            rawInput: { command: 'ls -l' },
          }),
          say('meanwhile'),
          update('tool_call_update', {
            toolCallId: 'c',
            status: 'completed',
            content: [
              { type: 'content', content: { type: 'text', text: 'total 0' } },
              { type: 'diff', path: 'a.ts', oldText: 'x', newText: 'y' },
            ],
          }),
        ]),
      ],
      { earlier: false },
    );
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({
      kind: 'tool',
      title: 'ls',
      status: 'completed',
      input: 'ls -l',
      parts: [
        { type: 'text', text: 'total 0' },
        { type: 'diff', path: 'a.ts', before: 'x', text: 'y' },
      ],
    });
  });

  test('calls of Treeline’s own tools are told by what they did, unless they failed', () => {
    const call = (title: string, status: string) => update('tool_call', { toolCallId: title, title, status });
    const { rows } = begin(
      [
        frame(1, [
          call('ask_user_question', 'completed'),
          call('mcp__treeline__spawn_session', 'failed'),
          call('ls', 'completed'),
        ]),
      ],
      { earlier: false },
    );
    expect(shownRows(rows).map((row) => row.kind === 'tool' && row.title)).toEqual([
      'mcp__treeline__spawn_session',
      'ls',
    ]);
  });

  test('facts are rows of their own, and a withdrawn question says so', () => {
    const triggerId = id('trg');
    const frames = [
      fact(1, { kind: 'ask', triggerId, ask: { type: 'ask_user_question', text: 'Which?' } }),
      fact(2, { kind: 'withdraw', triggerId }),
      fact(3, { kind: 'spawn', sessionId: id('ses'), spec: { prompt: 'go' } }),
      fact(4, { kind: 'end', triggerId: id('trg'), outcome: 'completed', reason: 'ok', summary: 'Done' }),
    ];
    expect(kinds(frames)).toEqual(['asked', 'spawned', 'ended']);
    expect(begin(frames, { earlier: false }).rows[0]).toMatchObject({ withdrawn: true });
  });

  test('a child’s trigger shows its words, not how the agent is to answer', () => {
    const text =
      '[Treeline] Your child session ses_01m7yyq7avw1h3n4zymxqzebrb ("Docs") asks a question and waits for your answer.\n' +
      '> Which colour?\n> Or none?\nAnswer with respond_to_trigger(triggerId: "trg_01m7yyq7jcb21nd595dtehkbhv", response: "…").';
    const given = update('user_message_chunk', {
      content: { type: 'text', text },
      _meta: { 'treeline/item': { id: 'msg', kind: 'trigger' } },
    });
    expect(begin([frame(1, [given])], { earlier: false }).rows[0]).toMatchObject({
      kind: 'user',
      text: 'Which colour?\nOr none?',
      origin: {
        name: 'Docs',
        sessionId: 'ses_01m7yyq7avw1h3n4zymxqzebrb',
        triggerId: 'trg_01m7yyq7jcb21nd595dtehkbhv',
      },
    });
  });

  test('what a runner wrote of another shape is left out and breaks nothing', () => {
    const hostile = [
      null,
      7,
      'text',
      [],
      { kind: 'update' },
      { kind: 'update', update: { sessionUpdate: 9 } },
      { kind: 'notice', text: { toString: 'no' } },
      { kind: 'end', outcome: 'completed' },
      update('agent_message_chunk', { content: null }),
      update('tool_call', { toolCallId: {}, title: [], content: [null, { type: 'diff', path: 5 }], rawInput: [[]] }),
      update('plan', { entries: [null, { content: 4 }, { content: 'ok' }] }),
      update('something_new'),
    ];
    const bare: Frame = {
      ...frame(1, []),
      count: hostile.length,
      body: JSON.stringify(
        hostile.map((it, at) =>
          it !== null && typeof it === 'object' && !Array.isArray(it) ? { id: `r${at}`, at: 1, ...it } : it,
        ),
      ),
    };
    const { rows } = begin([bare, frame(13, [say('still here')])], { earlier: false });
    expect(rows.map(({ kind }) => kind)).toEqual(['agent', 'tool', 'plan', 'agent']);
  });
});

describe('following a log', () => {
  const frames = [frame(1, [say('a', '1')]), frame(2, [say('b', '2'), say('c', '3')]), frame(4, [say('d', '4')])];

  test('VIEW-1 a frame that comes twice, or late, is shown once and in order', () => {
    const whole = begin(frames, { earlier: false });
    const again = extend(extend(begin(frames.slice(0, 1), { earlier: false }), frames.slice(0, 2)).transcript, frames);
    expect(again.gap).toBe(false);
    expect(again.transcript.rows).toEqual(whole.rows);
    expect(extend(whole, frames).transcript).toBe(whole);
  });

  test('VIEW-1 a hole is never papered over', () => {
    const { gap, transcript } = extend(begin(frames.slice(0, 1), { earlier: false }), frames.slice(2));
    expect(gap).toBe(true);
    expect(transcript.cursor).toEqual({ epoch: 1, seq: 1 });
  });

  test('a later epoch goes on behind the end of the one before, from its first record', () => {
    const first = begin(frames, { earlier: false });
    expect(extend(first, [frame(1, [say('e')], { epoch: 2 })])).toMatchObject({
      gap: false,
      transcript: { cursor: { epoch: 2, seq: 1 } },
    });
    expect(extend(first, [frame(2, [say('e')], { epoch: 2 })]).gap).toBe(true);
  });

  test('an empty log begins at the start', () => {
    expect(begin([], { earlier: false }).cursor).toEqual(START);
    expect(extend(EMPTY, frames).gap).toBe(false);
  });
});

describe('output that is not finished', () => {
  const chunk = (text: string) => ({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } });

  test('grows, and gives way to the finished step', () => {
    let transcript = begin([frame(1, [say('before')])], { earlier: false });
    const after = transcript.cursor;
    transcript = withDelta(withDelta(transcript, { after, updates: [chunk('Hel')] }), {
      after,
      updates: [chunk('lo')],
    });
    expect(transcript.live).toMatchObject([{ kind: 'agent', text: 'Hello' }]);
    const finished = extend(transcript, [frame(2, [say('Hello', 'm9')])]).transcript;
    expect(finished.live).toEqual([]);
    expect(withDelta(finished, { after, updates: [chunk('late')] }).live).toEqual([]);
  });

  test('stays while only facts come', () => {
    const start = begin([frame(1, [say('before')])], { earlier: false });
    const live = withDelta(start, { after: start.cursor, updates: [chunk('Hel')] });
    const later = extend(live, [fact(2, { kind: 'usage', usage: {} })]).transcript;
    expect(withDelta(later, { after: { epoch: 1, seq: 2 }, updates: [chunk('lo')] }).live).toMatchObject([
      { text: 'Hello' },
    ]);
  });
});

test('that entries were removed before the first row is kept as more comes', () => {
  const first = frame(101, [say('on')]);
  const { transcript } = extend(begin([first], { earlier: false, removed: { epoch: 1, seq: 100 } }), [
    frame(102, [say('and on')]),
  ]);
  expect(transcript).toMatchObject({ removed: true, earlier: false, cursor: { epoch: 1, seq: 102 } });
  expect(begin([first], { earlier: true }).removed).toBe(false);
});

test('a transcript without end keeps its newest rows and says that there are earlier ones', () => {
  const many = Array.from({ length: 50 }, (_, at) =>
    frame(
      at * 500 + 1,
      Array.from({ length: 500 }, (_unused, n) => say('x', `${at}-${n}`)),
    ),
  );
  const { rows, earlier } = begin(many, { earlier: false });
  expect(earlier).toBe(true);
  expect(rows.length).toBeLessThanOrEqual(20_000);
  expect(rows.at(-1)?.key).toBe('1-25000');
});
