import { describe, expect, it } from 'vitest';
import { Ask } from '@treeline/shared';
import { decideElicitation, elicitationAsk, ElicitationRequest } from './elicitation.ts';

const form = (message: string, properties: object, required?: string[]) =>
  ElicitationRequest.parse({
    mode: 'form',
    sessionId: 's',
    message,
    requestedSchema: { type: 'object', properties, required },
  });
const decide = (request: ElicitationRequest, response: string, action?: 'reject') =>
  decideElicitation({ outcome: 'answered', response, action }, request);
const accepted = (content: object) => ({ response: { action: 'accept', content } });

/** As Claude's AskUserQuestion sends it. */
const choice = form('Which database?', {
  question_0: {
    type: 'string',
    title: 'DB',
    oneOf: [
      { const: 'Postgres', title: 'Postgres', description: 'relational' },
      { const: 'Redis', title: 'Redis' },
    ],
  },
  question_0_custom: { type: 'string', title: 'Other' },
});
const several = form('Please answer.', {
  question_0: { type: 'string', description: 'Which database?', oneOf: [{ const: 'Postgres' }, { const: 'Redis' }] },
  question_0_custom: { type: 'string' },
  question_1: { type: 'array', description: 'Which regions?', items: { anyOf: [{ const: 'eu' }, { const: 'us' }] } },
});

describe('elicitationAsk', () => {
  it('is a question with its choices', () => {
    expect(Ask.parse(elicitationAsk(choice))).toMatchObject({
      type: 'ask_user_question',
      text: 'Which database?',
      options: [
        { id: 'Postgres', label: 'Postgres: relational' },
        { id: 'Redis', label: 'Redis' },
      ],
    });
  });

  it('asks several questions in one text', () => {
    const { text, options } = Ask.parse(elicitationAsk(several));
    expect(text).toContain('question_0: Which database? [Postgres | Redis]');
    expect(text).toContain('question_1: Which regions? [eu | us] (several, separated by commas)');
    expect(options).toBeUndefined();
  });

  it('asks nothing for a mode that was not offered', () => {
    expect(
      elicitationAsk(ElicitationRequest.parse({ mode: 'url', message: 'Open this', url: 'https://x' })),
    ).toBeUndefined();
  });
});

describe('decideElicitation', () => {
  it.each(['Redis', 'redis', '2'])('finds the choice in %s', (words) => {
    expect(decide(choice, words)).toEqual(accepted({ question_0: 'Redis' }));
  });

  it('puts other words where the form has a place for them', () => {
    expect(decide(choice, 'SQLite, as before')).toEqual(accepted({ question_0_custom: 'SQLite, as before' }));
  });

  it('does not bend an answer into a form: it declines and hands the words on', () => {
    const strict = form('Which?', { pick: { type: 'string', enum: ['a', 'b'] } });
    expect(decide(strict, 'neither')).toEqual({ response: { action: 'decline' }, words: 'neither' });
    const number = form('How many?', { count: { type: 'integer' } });
    expect(decide(number, 'a few')).toEqual({ response: { action: 'decline' }, words: 'a few' });
    expect(decide(number, '3')).toEqual(accepted({ count: 3 }));
  });

  it('reads several answers by name, as lines or as JSON', () => {
    const both = accepted({ question_0: 'Redis', question_1: ['eu', 'us'] });
    expect(decide(several, 'question_0: Redis\nquestion_1: eu, us')).toEqual(both);
    expect(decide(several, '{"question_0": "Redis", "question_1": ["eu", "us"]}')).toEqual(both);
    expect(decide(several, 'question_1: us')).toEqual(accepted({ question_1: ['us'] }));
    expect(decide(several, 'whatever you like')).toMatchObject({ response: { action: 'decline' } });
  });

  it('does not accept without what the form requires', () => {
    const request = form('Who?', { name: { type: 'string' }, age: { type: 'number' } }, ['name']);
    expect(decide(request, 'age: 7').response).toEqual({ action: 'decline' });
    expect(decide(request, 'name: Robin')).toEqual(accepted({ name: 'Robin' }));
  });

  it('understands yes and no', () => {
    const request = form('Sure?', { sure: { type: 'boolean' } });
    expect(decide(request, 'yes')).toEqual(accepted({ sure: true }));
    expect(decide(request, 'No')).toEqual(accepted({ sure: false }));
    expect(decide(form('Accept the terms?', {}), 'accept')).toEqual(accepted({}));
    expect(decide(form('Accept the terms?', {}), 'hm').response).toEqual({ action: 'decline' });
  });

  it.each(['expired', 'cancelled'] as const)('%s is cancelled, never an answer', (outcome) => {
    expect(decideElicitation({ outcome }, choice)).toEqual({ response: { action: 'cancel' } });
  });

  it('declines when it is rejected', () => {
    expect(decide(choice, 'Redis', 'reject').response).toEqual({ action: 'decline' });
  });
});
