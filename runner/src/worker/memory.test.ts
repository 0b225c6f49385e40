import { newId, type FactRecord, type InboxItem } from '@treeline/shared';
import { describe, expect, it } from 'vitest';
import { conduct } from './conductor.ts';
import { SessionMemory } from './memory.ts';

const at = 1;
const by = { kind: 'person', name: 'Robin' } as const;
const from = by;
const child = newId('session');
const triggerId = newId('trigger');
const ask = { type: 'ask_user_question', text: 'which?' } as const;
const asked: FactRecord = { id: newId('record'), at, kind: 'ask', triggerId, ask };
const spawned: FactRecord = { id: newId('record'), at, kind: 'spawn', sessionId: child, spec: { prompt: 'x' } };
const told: FactRecord = {
  id: newId('record'),
  at,
  kind: 'tell',
  messageId: newId('message'),
  sessionId: child,
  text: 'more',
};
const item = { id: newId('message'), at };
const completed: InboxItem = {
  ...item,
  kind: 'trigger',
  triggerId: newId('trigger'),
  type: 'session_complete',
  child,
  childTitle: 'x',
  text: 'done',
  deliverAs: 'followUp',
};
const question: InboxItem = {
  ...completed,
  type: 'ask_user_question',
  triggerId,
  text: 'blue or red?',
  options: [{ id: '1', label: 'blue' }],
};
const answered: InboxItem = { ...item, kind: 'answer', triggerId, outcome: 'answered', response: 'red', by };
const refusal = (recordId: FactRecord['id']): InboxItem => ({
  ...item,
  kind: 'refusal',
  recordId,
  what: 'spawn',
  code: 'spawn_rate',
  message: 'too many',
});

const isFact = (step: FactRecord | InboxItem): step is FactRecord => step.id.startsWith('rec_');

function remember(...steps: (FactRecord | InboxItem)[]): SessionMemory {
  const memory = new SessionMemory();
  for (const step of steps) {
    if (isFact(step)) memory.fact(step);
    else memory.item(step);
  }
  return memory;
}
const late = (memory: SessionMemory, it: InboxItem) => conduct(it, { memory, taken: false });

describe('session memory', () => {
  it('a question is open until it is answered, withdrawn or refused', () => {
    expect(remember(asked).openQuestions).toEqual([{ triggerId, ask }]);
    expect(remember(asked, answered).openQuestions).toEqual([]);
    expect(remember(asked, { id: newId('record'), at, kind: 'withdraw', triggerId }).openQuestions).toEqual([]);
    expect(remember(asked, refusal(asked.id)).openQuestions).toEqual([]);
  });

  it('a child lives until its end is told, and again when it is told something', () => {
    expect(remember(spawned).liveChildren).toEqual([child]);
    expect(remember(spawned, completed).liveChildren).toEqual([]);
    expect(remember(spawned, completed, told).liveChildren).toEqual([child]);
    expect(remember(spawned, completed, told, refusal(told.id)).liveChildren).toEqual([]);
    expect(remember(spawned, refusal(spawned.id)).liveChildren).toEqual([]);
  });

  it('a child’s question waits for this session until it answers, escalates, or somebody else does', () => {
    const answer: FactRecord = { id: newId('record'), at, kind: 'answer', triggerId, response: 'blue' };
    expect(remember(question).awaits(triggerId)).toBe(true);
    expect(remember(question, answer).awaits(triggerId)).toBe(false);
    expect(remember(answer, question).awaits(triggerId)).toBe(false);
    expect(remember(question, { ...item, kind: 'trigger_closed', triggerId, how: 'expired' }).awaits(triggerId)).toBe(
      false,
    );
  });
});

describe('conductor', () => {
  it('a trigger is shown with everything that answering it needs', () => {
    const move = late(new SessionMemory(), question);
    if (move.do !== 'prompt') throw new Error('it is a prompt');
    for (const part of [child, triggerId, 'blue or red?', '- blue', 'respond_to_trigger', 'escalate_trigger'])
      expect(move.text).toContain(part);
  });

  it('an answer that a call took is not told again; a late one is, with its question', () => {
    const memory = remember(asked);
    expect(conduct(answered, { memory, taken: true })).toEqual({ do: 'nothing' });
    const move = late(memory, answered);
    expect(move).toMatchObject({ do: 'prompt', deliverAs: 'followUp' });
    expect(JSON.stringify(move)).toMatch(/which\?[^]*Robin: red/);
  });

  it('an answer to a question that was withdrawn is not told', () => {
    expect(late(remember(asked, { id: newId('record'), at, kind: 'withdraw', triggerId }), answered)).toEqual({
      do: 'nothing',
    });
  });

  it('nobody’s answer is made up: an expired question says that nothing was decided', () => {
    const move = late(remember(asked), {
      ...item,
      kind: 'answer',
      triggerId,
      outcome: 'expired',
      by: { kind: 'relay' },
    });
    expect(JSON.stringify(move)).toContain('Nothing was decided');
  });

  it('a trigger that closed elsewhere is mentioned only when it was shown and waits', () => {
    const closed: InboxItem = { ...item, kind: 'trigger_closed', triggerId, how: 'answered by Robin' };
    expect(late(new SessionMemory(), closed)).toEqual({ do: 'nothing' });
    expect(JSON.stringify(late(remember(question), closed))).toContain('answered by Robin');
  });

  it('a refusal that no call waits for is told, with the hint of the catalogue', () => {
    const move = late(remember(spawned), refusal(spawned.id));
    expect(JSON.stringify(move)).toMatch(/too many \[spawn_rate\][^]*Wait a minute/);
    expect(conduct(refusal(spawned.id), { memory: remember(spawned), taken: true })).toEqual({ do: 'nothing' });
  });

  it('a stop is a stop of its strength, and a prompt is passed as it is', () => {
    expect(late(new SessionMemory(), { ...item, kind: 'stop', strength: 'kill', from })).toEqual({
      do: 'stop',
      strength: 'kill',
    });
    const prompt: InboxItem = { ...item, kind: 'prompt', text: 'go', deliverAs: 'steer', from };
    expect(late(new SessionMemory(), prompt)).toEqual({ do: 'prompt', text: 'go', deliverAs: 'steer' });
  });
});

it('knows what it has seen: an item by its id, a trigger whatever item tells of it', () => {
  const memory = new SessionMemory();
  const prompt: InboxItem = { ...item, kind: 'prompt', text: 'x', deliverAs: 'followUp', from };
  expect([memory.hasSeen(prompt), memory.hasSeen(completed)]).toEqual([false, false]);
  memory.item(prompt);
  memory.item({ ...completed, id: newId('message') });
  expect([memory.hasSeen(prompt), memory.hasSeen(completed)]).toEqual([true, true]);
  expect(memory.hasSeen({ ...prompt, id: newId('message') })).toBe(false);
});
