import { describe, expect, test } from 'vitest';
import {
  API,
  ERRORS,
  formatApiKey,
  Frame,
  isShallow,
  matchesId,
  newId,
  parseApiKey,
  parseInput,
  parseJson,
  PositionText,
  ProblemBody,
  Script,
  SessionId,
  shortId,
  timeOf,
  TreelineError,
} from './index.ts';

describe('ids', () => {
  test('sort by the time they were made and name their kind', () => {
    const ids = [newId('session', 1000), newId('session', 1001), newId('session', 2 ** 41)];
    expect(ids.toSorted()).toEqual(ids);
    for (const id of ids) expect(SessionId.parse(id)).toBe(id);
    expect(ids.map(timeOf)).toEqual([1000, 1001, 2 ** 41]);
    expect(SessionId.safeParse(newId('trigger')).success).toBe(false);
  });

  test('do not repeat', () => {
    expect(new Set(Array.from({ length: 10_000 }, () => newId('message', 5))).size).toBe(10_000);
  });

  test('are named by their whole, their beginning or their end', () => {
    const id = newId('session');
    expect([id, id.slice(0, 12), shortId(id)].every((text) => matchesId(id, text))).toBe(true);
    expect(matchesId(id, 'ses')).toBe(false);
    expect(matchesId(id, 'zzzzzzu')).toBe(false);
  });
});

describe('API keys', () => {
  const parts = { kind: 'user', id: newId('key').slice(4), secret: 'a'.repeat(40) } as const;

  test('come back from their text', () => {
    expect(parseApiKey(formatApiKey(parts))).toEqual(parts);
  });

  test('that were mistyped in any one character are known as such', () => {
    const text = formatApiKey(parts);
    for (let i = 0; i < text.length; i++) {
      const wrong = `${text.slice(0, i)}${text[i] === 'b' ? 'c' : 'b'}${text.slice(i + 1)}`;
      expect(parseApiKey(wrong), wrong).toBeUndefined();
    }
  });
});

describe('input from outside', () => {
  test('EDGE-1 that nests 100,000 deep is refused without a stack overflow', () => {
    let deep: unknown = 1;
    for (let i = 0; i < 100_000; i++) deep = [deep];
    expect(isShallow(deep)).toBe(false);
    expect(() => parseInput(Script, deep, 'The script')).toThrow(/deeper than 32/);
  });

  test('EDGE-1 that does not fit is refused with the name of the field', () => {
    expect(() => parseInput(API.createSession.body, { prompt: 5 }, 'The body')).toThrow(
      /The body is not valid at prompt/,
    );
    expect(() => parseJson(Frame, '{', 'The frame')).toThrow(/is not JSON/);
  });

  test('a label that would reach a prototype stays a label', () => {
    const body: unknown = JSON.parse('{"prompt":"x","labels":{"__proto__":"y"}}');
    parseInput(API.createSession.body, body, 'The body');
    expect(({} as Record<string, unknown>)['y']).toBeUndefined();
  });

  test('a cursor is <epoch>-<seq>', () => {
    expect(PositionText.parse('2-17')).toEqual({ epoch: 2, seq: 17 });
    expect(PositionText.safeParse('2').success).toBe(false);
  });
});

describe('errors', () => {
  test('travel as a problem with the next step', () => {
    const problem = new TreelineError('child_gone', 'Failed: child gone').toProblem('req_1');
    expect(ProblemBody.parse({ error: problem }).error).toEqual({
      code: 'child_gone',
      message: 'Failed: child gone',
      hint: ERRORS.child_gone.hint,
      requestId: 'req_1',
    });
    expect(TreelineError.fromProblem(problem).status).toBe(409);
  });
});

describe('scripts', () => {
  test('nest in spawn steps', () => {
    const script = [
      { spawn: { script: [{ ask: { question: 'which?', options: ['a', 'b'] } }, { finish: '$answer' }] } },
      { waitForChildren: true },
    ];
    expect(Script.parse(script)).toEqual(script);
  });

  test('with an unknown step are no scripts', () => {
    expect(Script.safeParse([{ say: 'x', shout: 'y' }]).success).toBe(false);
  });
});
