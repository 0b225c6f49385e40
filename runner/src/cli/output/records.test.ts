import { type EventRecord, type Frame, type LogRecord, newId, type SessionUpdate } from '@treeline/shared';
import { expect, test } from 'vitest';
import { LiveText } from './live-text.ts';
import { type PlacedRecord, recordJson, recordLines, recordsOf } from './records.ts';
import { PLAIN } from './testing.ts';

const base = () => ({ id: newId('record'), at: Date.now() });
const chunk = (text: string, kind = 'agent_message_chunk'): SessionUpdate => ({
  sessionUpdate: kind,
  content: { type: 'text', text },
});
const said = (text: string): EventRecord => ({ ...base(), kind: 'update', update: chunk(text) });
const placed = (record: LogRecord, seq = 1): PlacedRecord => ({ position: { epoch: 1, seq }, record });
const linesOf = (record: LogRecord) => recordLines(placed(record), PLAIN).map((line) => line.slice(10));

function frameOf(records: unknown[]): Frame {
  return {
    id: newId('frame'),
    session: newId('session'),
    epoch: 2,
    first: 5,
    count: records.length,
    kind: 'events',
    body: JSON.stringify(records),
  };
}

test('each record of a frame has its own position, also after one of a kind that is not known', () => {
  const records = recordsOf(frameOf([said('a'), { ...base(), kind: 'new_in_2031' }, said('b')]));
  expect(records.map(({ position }) => position)).toEqual([
    { epoch: 2, seq: 5 },
    { epoch: 2, seq: 7 },
  ]);
  expect(records.map(recordJson)[0]).toMatchObject({ position: '2-5', kind: 'update' });
});

test('a long text continues below itself', () => {
  expect(linesOf(said('one\ntwo'))).toEqual(['agent      one', '           two']);
});

test('an agent’s text cannot drive the terminal', () => {
  expect(linesOf(said('a\u001b[2Jb\u0000\r\nc\u009b'))).toEqual(['agent      a[2Jb', '           c']);
});

test('a question shows its options and its id', () => {
  const triggerId = newId('trigger');
  const ask = { type: 'ask_user_question' as const, text: 'Which?', options: [{ id: 'a', label: 'RS256' }] };
  const lines = linesOf({ ...base(), kind: 'ask', triggerId, ask });
  expect(lines[0]).toBe('question   Which?');
  expect(lines[1]).toMatch(/^ +1 {2}RS256 {2}\[\w{6}\]$/);
});

test('the answer to a question shows where its tool returned it, and other results do not', () => {
  const result = (text: string): LogRecord => ({
    ...base(),
    kind: 'update',
    update: {
      sessionUpdate: 'tool_call_update',
      status: 'completed',
      content: [{ type: 'content', content: { type: 'text', text } }],
    },
  });
  expect(linesOf(result('{"outcome":"answered","response":"RS256","by":"ann"}'))).toEqual(['answer     RS256']);
  expect(linesOf(result('{"outcome":"expired"}'))).toEqual(['answer     expired']);
  expect(linesOf(result('{ 3 files changed'))).toEqual([]);
});

test('an end is the outcome with its summary', () => {
  const end = {
    ...base(),
    kind: 'end' as const,
    triggerId: newId('trigger'),
    outcome: 'failed' as const,
    reason: 'error' as const,
  };
  expect(linesOf({ ...end, detail: 'exit code 3' })).toEqual(['failed     exit code 3']);
});

function live(): { text: LiveText; shown: () => string } {
  let shown = '';
  const text = new LiveText({ write: (piece) => (shown += piece), look: PLAIN });
  return { text, shown: () => shown.replace(/\d\d:\d\d:\d\d {2}/g, '') };
}

test('streamed text is not repeated by the record that stores it', () => {
  const { text, shown } = live();
  text.delta(chunk('Hello '));
  text.delta(chunk('wor'));
  text.record(placed(said('Hello world')));
  expect(shown()).toBe('agent      Hello world\n');
});

test('streamed text of which a part was dropped is shown whole', () => {
  const { text, shown } = live();
  text.delta(chunk('Hel'));
  text.delta(chunk('world'));
  text.record(placed(said('Hello world')));
  expect(shown()).toBe('agent      Helworld\nagent      Hello world\n');
});

test('something that comes between does not make streamed text appear twice', () => {
  const { text, shown } = live();
  text.delta(chunk('Hello'));
  text.record(placed({ ...base(), kind: 'notice', level: 'warn', text: 'retry' }));
  text.record(placed(said('Hello')));
  expect(shown()).toBe('agent      Hello\nwarn       retry\n');
});

test('a thought and a message that stream in turn stand on lines of their own', () => {
  const { text, shown } = live();
  text.delta(chunk('hm', 'agent_thought_chunk'));
  text.delta(chunk('yes\nno'));
  text.endLine();
  expect(shown()).toBe('thinks     hm\nagent      yes\n                     no\n');
});
