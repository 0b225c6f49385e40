import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId, type Assignment, type FactRecord } from '@treeline/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ToolHost } from '../../agents/agent.ts';
import { FrameFile } from '../../process/frame-file.ts';
import { Decisions } from '../decisions.ts';
import { SessionMemory } from '../memory.ts';
import { Questions } from '../questions.ts';
import { Recorder } from '../recorder.ts';
import { createToolHost } from './host.ts';

const fail = (error: Error): never => {
  throw error;
};

const assignment: Assignment = {
  id: newId('session'),
  attempt: 1,
  agent: 'pi',
  title: 'x',
  labels: {},
  parentId: null,
  rootId: newId('session'),
  depth: 0,
  epoch: 1,
  inboxAfter: 0,
  shareUrl: '',
};

let folder: string;
let file: FrameFile;
let facts: FactRecord[];
let decisions: Decisions;
let questions: Questions;
let host: ToolHost;
let relayOnline: boolean | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'treeline-tools-'));
  facts = [];
  relayOnline = true;
  const memory = new SessionMemory();
  file = new FrameFile({
    path: join(folder, 'log'),
    onFailure: fail,
  });
  const onFact = (fact: FactRecord) => {
    facts.push(fact);
    memory.fact(fact);
  };
  const recorder = new Recorder({
    file,
    session: assignment.id,
    epoch: 1,
    onAppended: () => undefined,
    onFact,
    onFull: () => fail(new Error('the disk is full')),
    onFailure: fail,
  });
  decisions = new Decisions({ recorder, isRelayOnline: () => relayOnline });
  questions = new Questions({ decisions, memory });
  const link = { relayOnline: true, query: (what: string) => Promise.reject(new Error(`no relay for ${what}`)) };
  host = createToolHost({
    assignment: { ...assignment, shareUrl: `https://relay/s/${assignment.id}` },
    decisions,
    questions,
    link,
  });
});
afterEach(async () => {
  await file.close();
  rmSync(folder, { recursive: true, force: true });
});

const call = (name: string, args: unknown, more: { signal?: AbortSignal; patienceMs?: number } = {}) =>
  host.call(name, args, { signal: new AbortController().signal, ...more });
const acknowledge = () => decisions.acked({ epoch: 1, seq: 1000 }, []);
const answerTo = (fact: FactRecord | undefined) => {
  if (fact?.kind !== 'ask') throw new Error('a question was asked');
  const by = { kind: 'session', id: newId('session') } as const;
  return {
    id: newId('message'),
    at: 1,
    kind: 'answer',
    triggerId: fact.triggerId,
    outcome: 'answered',
    response: 'blue',
    by,
  } as const;
};

describe('tools', () => {
  it('offers the eight tools, each as a plain JSON Schema object with every id a string', () => {
    expect(host.definitions.map((it) => it.name)).toEqual([
      'spawn_session',
      'respond_to_trigger',
      'escalate_trigger',
      'tell_child',
      'ask_user_question',
      'submit_plan',
      'list_children',
      'list_runners',
    ]);
    for (const { inputSchema, description } of host.definitions) {
      expect(inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
      expect(inputSchema).not.toHaveProperty('$schema');
      expect(description.length).toBeGreaterThan(20);
    }
    const respond = host.definitions.find((it) => it.name === 'respond_to_trigger');
    expect(respond?.inputSchema['properties']).toMatchObject({
      triggerId: { type: 'string' },
      response: { type: 'string' },
    });
    expect(respond?.inputSchema['required']).toEqual(['triggerId', 'response']);
  });

  it('spawn_session returns the child’s id and address when the store has applied it', async () => {
    const called = call('spawn_session', { prompt: 'go', title: 'a child' });
    acknowledge();
    const result = JSON.parse((await called).text) as { sessionId: string; shareUrl: string };
    const [fact] = facts;
    expect(fact).toMatchObject({
      kind: 'spawn',
      sessionId: result.sessionId,
      spec: { prompt: 'go', title: 'a child' },
    });
    expect(result.shareUrl).toBe(`https://relay/s/${result.sessionId}`);
    expect(Object.keys(result)).toEqual(['sessionId', 'shareUrl']);
  });

  it('a refusal is an error with the code, the reason and what to do', async () => {
    const called = call('tell_child', { sessionId: newId('session'), message: 'hi' });
    const [fact] = facts;
    decisions.acked({ epoch: 1, seq: 1 }, [
      { recordId: fact?.id ?? newId('record'), code: 'not_a_child', message: 'it is somebody else’s' },
    ]);
    const result = await called;
    expect(result.isError).toBe(true);
    expect(result.text).toMatch(/somebody else’s \[not_a_child\] .*list_children/);
  });

  it.each<[string, unknown, string]>([
    ['respond_to_trigger', { triggerId: 'trg_no', response: 'x' }, 'triggerId'],
    ['respond_to_trigger', {}, 'response'],
    ['spawn_session', { prompt: '' }, 'prompt'],
    ['spawn_session', { prompt: 'x', colour: 'red' }, 'colour'],
    ['ask_user_question', { question: 'x'.repeat(200_000) }, 'question'],
    ['ask_user_question', 'what?', 'ask_user_question'],
    ['dance', {}, 'dance'],
  ])('%s with wrong arguments decides nothing and names what is wrong', async (name, args, culprit) => {
    const result = await call(name, args);
    expect(result.isError).toBe(true);
    expect(result.text).toContain(culprit);
    expect(facts).toEqual([]);
  });

  it('an impatient question says that the answer will follow, and stays open', async () => {
    const called = call('ask_user_question', { question: 'which?' }, { patienceMs: 20 });
    acknowledge();
    const result = await called;
    expect(result.isError).toBe(false);
    expect(result.text).toContain('the answer will follow as a message');
    expect(questions.settle(answerTo(facts[0]))).toBe(false);
    expect(facts.map((fact) => fact.kind)).toEqual(['ask']);
  });

  it('aborting withdraws the question', async () => {
    const abort = new AbortController();
    const called = call('submit_plan', { plan: 'first, then' }, { signal: abort.signal });
    abort.abort();
    expect((await called).isError).toBe(true);
    expect(facts.map((fact) => fact.kind)).toEqual(['ask', 'withdraw']);
  });

  it('a session that is about to sleep withdraws nothing', async () => {
    const abort = new AbortController();
    const called = call('submit_plan', { plan: 'p' }, { signal: abort.signal });
    questions.keepOpen();
    abort.abort();
    await called;
    expect(facts.map((fact) => fact.kind)).toEqual(['ask']);
  });

  it('the answer comes with who gave it', async () => {
    const called = call('ask_user_question', { question: 'which?', options: ['blue'] });
    questions.settle(answerTo(facts[0]));
    expect(JSON.parse((await called).text)).toEqual({
      outcome: 'answered',
      response: 'blue',
      by: 'your parent session',
    });
  });

  it('two questions in the same words are two questions', async () => {
    const called = [call('ask_user_question', { question: 'same?' }), call('ask_user_question', { question: 'same?' })];
    expect(facts).toHaveLength(2);
    for (const fact of facts) questions.settle(answerTo(fact));
    await Promise.all(called);
  });

  it('a list that the relay cannot give is an error in words', async () => {
    const result = await call('list_runners', {});
    expect(result).toMatchObject({ isError: true });
    expect(result.text).toContain('no relay for list_runners');
  });
});
