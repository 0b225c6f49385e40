import { newId } from '@treeline/shared';
import { expect, test } from 'vitest';
import type { Entry } from './conversation.ts';
import { nextReply } from './play.ts';
import { findScript, script } from './script.ts';

const tools = ['spawn_session', 'respond_to_trigger', 'escalate_trigger', 'bash'].map((name) => ({ name }));
const user = (text: string): Entry => ({ kind: 'user', text });
const result = (text = ''): Entry => ({ kind: 'result', text });
const called: Entry = { kind: 'assistant', callsTool: true };
const spoke: Entry = { kind: 'assistant', callsTool: false };

/** The answer in short: `tool {args}` and the text. */
function next(...entries: Entry[]): string {
  const { text, tool } = nextReply({ entries, tools });
  const call = tool === undefined ? [] : [`${tool.offered.name} ${JSON.stringify(tool.args)}`];
  return [...(text === undefined ? [] : [text]), ...call].join(' + ');
}

test('the step to play is the number of tool results after the script', () => {
  const start = user(
    script([{ tool: 'bash', args: { command: 'a' } }, { text: 'then', tool: 'bash' }, { text: 'end' }]),
  );
  expect(next(start)).toBe('bash {"command":"a"}');
  expect(next(start, called, result())).toBe('then + bash {}');
  expect(next(start, called, result(), called, result())).toBe('end');
});

test('results of parallel calls are one group', () => {
  const start = user(script([{ tool: 'bash' }, { text: 'second' }, { text: 'third' }]));
  expect(next(start, called, result(), result())).toBe('second');
});

test('a message without a script goes on after the end of the turn, and changes nothing within it', () => {
  const start = user(script([{ tool: 'bash' }, { text: 'first turn' }, { text: 'second turn' }]));
  expect(next(start, called, result(), user('hurry'))).toBe('first turn');
  expect(next(start, called, result(), spoke, user('and now?'))).toBe('second turn');
  expect(next(start, called, result(), spoke, user('and now?'), spoke, user('more'))).toBe('done');
});

test('the latest message that carries a script decides', () => {
  expect(next(user(script([{ text: 'old' }])), spoke, user(script([{ text: 'new' }])))).toBe('new');
});

test('each rule answers one message, with the ids that this message brought', () => {
  const first = newId('trigger');
  const second = newId('trigger');
  const start = user(
    script(
      [{ text: 'waiting' }],
      [
        {
          match: 'asks',
          steps: [{ tool: 'respond_to_trigger', args: { triggerId: '$trigger', response: 'blue' } }, { text: 'one' }],
        },
        { match: 'asks', steps: [{ tool: 'escalate_trigger', args: { triggerId: '$trigger' } }, { text: 'two' }] },
        { match: 'completed: (\\w+)', steps: [{ text: 'it said $1' }] },
      ],
    ),
  );
  const asks = [start, spoke, user(`child asks ${first}`)];
  expect(next(...asks)).toBe(`respond_to_trigger {"triggerId":"${first}","response":"blue"}`);
  const again = [...asks, called, result(), spoke, user(`child asks ${second}`)];
  expect(next(...again)).toBe(`escalate_trigger {"triggerId":"${second}"}`);
  expect(next(...again, called, result(), spoke, user('Completed: done'))).toBe('it said done');
});

test('messages within one turn are all answered before it ends, in their order', () => {
  const [first, second] = [newId('trigger'), newId('trigger')];
  const rule = { match: 'asks', steps: [{ tool: 'respond_to_trigger', args: '$trigger' }, { text: 'answered' }] };
  const start = [user(script([{ tool: 'spawn_session' }, { text: 'spawned' }], [rule, rule])), called];
  const both = [...start, result(), user(`asks ${first}`), user(`asks ${second}`)];
  expect(next(...both)).toBe(`spawned + respond_to_trigger "${first}"`);
  expect(next(...both, called, result())).toBe(`answered + respond_to_trigger "${second}"`);
  expect(next(...both, called, result(), called, result())).toBe('answered');
});

test('a rule that says instead forgets the rest of the turn', () => {
  const start = user(
    script([{ tool: 'bash' }, { tool: 'bash' }], [{ match: 'stop', steps: [{ text: 'stopped' }], instead: true }]),
  );
  expect(next(start, called, result(), user('stop it'))).toBe('stopped');
});

test('$session is the last session that a result named', () => {
  const child = newId('session');
  const start = user(script([{ tool: 'spawn_session' }, { tool: 'bash', args: { id: '$session' } }]));
  expect(next(start, called, result(`{"sessionId":"${child}"}`))).toBe(`bash {"id":"${child}"}`);
});

test.each(['mcp__treeline__bash', 'mcp_treeline_bash', 'treeline_bash', 'treeline-bash'])(
  'a tool renamed to %s is found',
  (name) => {
    const reply = nextReply({
      entries: [user(script([{ tool: 'bash' }]))],
      tools: [{ name: `other${name}x` }, { name }],
    });
    expect(reply.tool?.offered.name).toBe(name);
  },
);

test('a tool that is not offered is said, so that the test shows why', () => {
  expect(next(user(script([{ tool: 'nothing' }])))).toContain('no tool nothing is offered');
});

test('a request without a script or without tools gets ok', () => {
  expect(next(user('hello'))).toBe('ok');
  expect(nextReply({ entries: [user(script([{ text: 'title' }]))], tools: [] }).text).toBe('ok');
});

test('a side question that wants JSON gets a value of its schema', () => {
  const properties = {
    reasoning: { type: 'STRING' },
    choice: { type: 'string', enum: ['flash', 'pro'] },
    sure: { type: 'boolean' },
  };
  const { text = '' } = nextReply({
    entries: [user(script([{ text: 'no' }]))],
    tools,
    schema: { type: 'OBJECT', properties },
  });
  expect(JSON.parse(text)).toEqual({ reasoning: 'ok', choice: 'flash', sure: false });
});

test('a script nests, and may be written by hand', () => {
  const inner = script([{ text: '"quoted" \u2028 $trigger' }]);
  const outer = findScript(script([{ tool: 'spawn_session', args: { prompt: inner } }]));
  expect(outer?.steps).toEqual([{ tool: 'spawn_session', args: { prompt: inner } }]);
  expect(findScript('go\n<<<SCRIPT [{"text":"hand"}] SCRIPT>>>')?.steps).toEqual([{ text: 'hand' }]);
  expect(() => findScript('<<<SCRIPT [{"txt":"hand"}] SCRIPT>>>')).toThrow('txt');
});
