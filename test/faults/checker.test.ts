import { newId, type Frame, type FrameId, type InboxEntry, type SessionId } from '@treeline/shared';
import { expect, test } from 'vitest';
import { check, countOf, type Wrong } from './checker.ts';
import type { Evidence, SeenFrame } from './history.ts';

const PARENT = newId('session');
const CHILD = newId('session');
const TRIGGER = newId('trigger');
const TELL = newId('message');
const SAID = newId('message');

const base = () => ({ id: newId('record'), at: 1 });
const emitted = (number: number) => ({
  ...base(),
  kind: 'update',
  update: { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: `${number} xxx` } },
});
const received = (id: string) => ({
  ...base(),
  kind: 'update',
  update: { sessionUpdate: 'user_message_chunk', _meta: { 'treeline/item': { id, kind: 'prompt' } } },
});

function frames(session: SessionId, groups: readonly (readonly object[])[]): Frame[] {
  let first = 1;
  return groups.map((records) => {
    const isFact = records.length === 1 && !('update' in (records[0] ?? {}));
    const frame: Frame = {
      id: newId('frame'),
      session,
      epoch: 1,
      first,
      count: records.length,
      kind: isFact ? 'fact' : 'events',
      body: JSON.stringify(records),
    };
    first += records.length;
    return frame;
  });
}

const item = (position: number, fields: object): InboxEntry =>
  ({ position, item: { id: newId('message'), at: 1, ...fields } }) as InboxEntry;

/** A parent that told its child something and answered its question, watched by one viewer; all of it as it should be. */
function sound(): Evidence {
  const childFrames = frames(CHILD, [
    [{ ...base(), kind: 'state', state: 'starting' }],
    [received(SAID), received(TELL), emitted(0), emitted(1)],
    [{ ...base(), kind: 'ask', triggerId: TRIGGER, ask: { type: 'ask_user_question', text: 'so?' } }],
    [emitted(0), emitted(1), emitted(2)],
  ]);
  const parentFrames = frames(PARENT, [
    [{ ...base(), kind: 'spawn', sessionId: CHILD, spec: { prompt: 'go' } }],
    [{ ...base(), kind: 'tell', messageId: TELL, sessionId: CHILD, text: 'hear' }],
    [{ ...base(), kind: 'answer', triggerId: TRIGGER, response: 'yes' }],
  ]);
  const childInbox = [
    item(1, { id: SAID, kind: 'prompt', text: 'hello' }),
    item(2, { id: TELL, kind: 'tell', text: 'hear' }),
    item(3, { kind: 'answer', triggerId: TRIGGER, outcome: 'answered', response: 'yes' }),
  ];
  const parentInbox = [item(1, { kind: 'trigger', triggerId: TRIGGER, child: CHILD })];
  const view = (id: SessionId, parentId: SessionId | null) => ({
    id,
    parentId,
    title: id,
    lifecycle: { state: 'running' },
  });
  return {
    ops: [
      {
        op: 'send',
        key: 'k',
        session: CHILD,
        text: 'hello',
        at: 1,
        doneAt: 2,
        outcome: 'ok',
        messageId: SAID,
        position: 1,
      },
    ],
    viewers: [
      {
        viewer: 'v',
        session: CHILD,
        sights: [
          { saw: 'snapshot', after: { epoch: 0, seq: 0 }, resync: false, frames: childFrames.slice(0, 2) },
          { saw: 'disconnect' },
          { saw: 'snapshot', after: undefined, resync: false, frames: childFrames.slice(2, 3) },
          { saw: 'frames', frames: childFrames.slice(3) },
        ],
      },
    ],
    spools: [
      { runner: 'a', session: CHILD, frames: childFrames, entries: childInbox },
      { runner: 'b', session: PARENT, frames: parentFrames, entries: parentInbox },
    ],
    copies: [],
    sessions: [
      { view: view(CHILD, PARENT), frames: childFrames },
      { view: view(PARENT, null), frames: parentFrames },
    ],
    triggers: [
      {
        id: TRIGGER,
        type: 'ask_user_question',
        sessionId: CHILD,
        parentId: PARENT,
        state: { state: 'answered', at: 1, by: { kind: 'session', id: PARENT }, response: 'yes', inboxPosition: 3 },
      },
    ],
  } as unknown as Evidence;
}

type Loose = { [K in keyof Evidence]: any[] }; // oxlint-disable-line typescript/no-explicit-any

test('what is as it should be has nothing wrong with it', () => {
  expect(check(sound())).toEqual({ violations: [], events: 12, triggers: 1, prompts: 1 });
});

const FLAWS: [string, Wrong, (evidence: Loose) => void][] = [
  ['a frame that the store does not have', 'lost', ({ sessions }) => sessions[0].frames.pop()],
  ['a hole in the log', 'lost', ({ sessions }) => sessions[0].frames.splice(1, 1)],
  [
    'a record that is in the store twice',
    'duplicated',
    ({ sessions }) => sessions[0].frames.push(again(sessions[0].frames[3], 9)),
  ],
  [
    'a frame that no runner wrote',
    'wrong',
    ({ spools }) => (spools[0].frames[1] = { ...spools[0].frames[1], id: newId('frame') }),
  ],
  ['frames in another order', 'reordered', ({ sessions }) => sessions[0].frames.reverse()],
  ['a number that was never emitted', 'lost', ({ sessions }) => replaceIn(sessions[0].frames, 3, '1 xxx', '5 xxx')],
  ['a session that the store has forgotten', 'lost', ({ sessions }) => sessions.shift()],
  ['a prompt that is not in the inbox', 'lost', ({ spools }) => spools[0].entries.shift()],
  ['a prompt at another place than acknowledged', 'wrong', ({ ops }) => (ops[0].position = 2)],
  [
    'a prompt that came twice',
    'duplicated',
    ({ spools }) => spools[0].entries.push(item(4, { kind: 'prompt', text: 'hello' })),
  ],
  ['a prompt that was refused and came', 'wrong', ({ ops }) => (ops[0].outcome = 'fail')],
  [
    'an agent that got a prompt twice',
    'duplicated',
    ({ sessions }) => addRecord(sessions[0].frames, 1, received(SAID)),
  ],
  ['a hole in the inbox', 'lost', ({ spools }) => (spools[0].entries[2].position = 5)],
  ['a tell that did not come', 'lost', ({ spools }) => spools[0].entries.splice(1, 1)],
  ['a child that was spawned and is not there', 'lost', ({ sessions }) => (sessions[0].view.parentId = null)],
  ['a question without a trigger', 'lost', ({ triggers }) => triggers.pop()],
  ['a trigger that never came to its parent', 'lost', ({ spools }) => spools[1].entries.pop()],
  ['an answer that did not come', 'lost', ({ spools }) => spools[0].entries.pop()],
  [
    'an answer that came twice',
    'duplicated',
    ({ spools }) => spools[0].entries.push({ ...spools[0].entries[2], position: 4 }),
  ],
  ['another answer than was given', 'wrong', ({ spools }) => (spools[0].entries[2].item.response = 'no')],
  [
    'two answers that counted',
    'duplicated',
    ({ ops }) => ops.push({ op: 'answer', key: 'a', trigger: TRIGGER, response: 'no', outcome: 'ok', at: 1 }),
  ],
  [
    'an answer that was refused and counted',
    'wrong',
    ({ ops }) => ops.push({ op: 'answer', key: 'a', trigger: TRIGGER, response: 'yes', outcome: 'fail', at: 1 }),
  ],
  [
    'one request that made two sessions',
    'duplicated',
    ({ ops, sessions }) => {
      ops.push({ op: 'create', key: 'same', outcome: 'unknown', at: 1 });
      for (const { view } of sessions) view.title = 'same';
    },
  ],
  ['a gap in what a viewer saw', 'lost', ({ viewers }) => viewers[0].sights.splice(2, 1)],
  ['a frame that a viewer saw twice', 'duplicated', ({ viewers }) => viewers[0].sights.push(viewers[0].sights[3])],
  ['a viewer that did not get the end', 'lost', ({ viewers }) => viewers[0].sights.pop()],
  ['a viewer that saw another frame', 'wrong', ({ viewers }) => (viewers[0].sights[3].frames = [seen('frm_other')])],
];

test.each(FLAWS)('%s is found', (_, wrong, break_) => {
  const evidence = JSON.parse(JSON.stringify(sound())) as Evidence;
  break_(evidence as unknown as Loose);
  expect(countOf(check(evidence), wrong)).toBeGreaterThan(0);
});

test('a viewer that was told to begin anew may have a gap', () => {
  const evidence = structuredClone(sound());
  const sights = (evidence as unknown as Loose).viewers[0].sights;
  sights[2] = { saw: 'resync' };
  sights[3] = { saw: 'snapshot', resync: true, frames: sights[3].frames };
  expect(check(evidence).violations).toEqual([]);
});

function again(frame: Frame, first: number): Frame {
  return { ...frame, id: newId('frame') as FrameId, first };
}

function seen(id: string): SeenFrame {
  return { id: id as FrameId, epoch: 1, first: 6, count: 3 };
}

function replaceIn(all: Frame[], at: number, find: string, by: string): void {
  const frame = all[at] as Frame;
  all[at] = { ...frame, body: frame.body.replace(find, by) };
}

function addRecord(all: Frame[], at: number, record: object): void {
  const frame = all[at] as Frame;
  const records = [...(JSON.parse(frame.body) as object[]), record];
  all[at] = { ...frame, body: JSON.stringify(records), count: records.length };
}

/** The prompt of the evidence was acknowledged at 2. */
const LOST_THEN = [{ from: 1.5, to: 2.5 }];
const LOST_BEFORE = [{ from: 0.1, to: 0.5 }];

test('a prompt that was acknowledged while the store lost its writes may be gone', () => {
  const evidence = sound() as Loose;
  evidence.spools[0].entries.shift();
  for (const [index, entry] of evidence.spools[0].entries.entries()) entry.position = index + 1;
  evidence.sessions[0].frames = [...evidence.sessions[0].frames];
  expect(check({ ...(evidence as Evidence), losses: LOST_BEFORE }).violations).not.toEqual([]);
  expect(check({ ...(evidence as Evidence), losses: LOST_THEN }).violations).toEqual([]);
});

test('what comes again after a loss is no double, unless its agent gets it twice', () => {
  const evidence = sound() as Loose;
  evidence.spools[0].entries.push({ ...evidence.spools[0].entries[1], position: 4 });
  expect(check(evidence as Evidence).violations.map(({ wrong }) => wrong)).toContain('duplicated');
  expect(check({ ...(evidence as Evidence), losses: LOST_BEFORE }).violations).toEqual([]);
  addRecord(evidence.sessions[0].frames, 1, received(TELL));
  const found = check({ ...(evidence as Evidence), losses: LOST_BEFORE });
  expect(found.violations.map(({ wrong }) => wrong)).toContain('duplicated');
});

test('a tree whose root was made while the store lost its writes may be gone, and no other', () => {
  const made = { op: 'create', key: 'k', session: PARENT, at: 1, doneAt: 2, outcome: 'ok' } as const;
  const evidence: Evidence = { ...sound(), sessions: [], triggers: [], viewers: [], ops: [made] };
  expect(check({ ...evidence, losses: LOST_BEFORE }).violations).not.toEqual([]);
  expect(check({ ...evidence, losses: LOST_THEN }).violations).toEqual([]);
});
