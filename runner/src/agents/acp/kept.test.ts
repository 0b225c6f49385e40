import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Kept } from './kept.ts';

let folder: string;
beforeEach(() => {
  problems = [];
  folder = mkdtempSync(join(tmpdir(), 'treeline-kept-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

let problems: string[];
const attempt = (resumed = true) => new Kept(folder, { resumed, onProblem: (text) => void problems.push(text) });

describe('Kept', () => {
  it('knows in the next attempt what was given in this one', () => {
    attempt(false).markGiven(['a', 'b']);
    expect(attempt().wasGiven('b')).toBe(true);
    expect(attempt().wasGiven('c')).toBe(false);
  });

  it('knows nothing in a new conversation', () => {
    attempt(false).markGiven(['a']);
    expect(attempt(false).wasGiven('a')).toBe(false);
  });

  it('adds up the tokens of turns and attempts', () => {
    attempt(false).addTurn({ inputTokens: 3, outputTokens: 1 });
    const next = attempt();
    next.addTurn({ inputTokens: 4 });
    expect(next.addTurn({ inputTokens: 1, cachedTokens: 2 })).toEqual({
      inputTokens: 8,
      outputTokens: 1,
      cachedTokens: 2,
    });
  });

  it('takes the cost as it is when the agent goes on counting, and adds it when the agent began anew', () => {
    attempt(false).setCost(2);
    expect(attempt().setCost(2.5).costUsd).toBe(2.5);
    const anew = attempt();
    expect(anew.setCost(0.5).costUsd).toBe(3);
    expect(anew.setCost(4).costUsd).toBe(6.5);
  });

  it('goes on without what it cannot read or write, and says so', () => {
    writeFileSync(join(folder, 'acp.json'), '{"given": 7');
    expect(attempt().wasGiven('a')).toBe(false);
    rmSync(folder, { recursive: true });
    attempt(false).markGiven(['a']);
    expect(problems).toHaveLength(2);
    mkdirSync(folder);
  });
});
