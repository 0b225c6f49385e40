import { afterEach, describe, expect, it, vi } from 'vitest';
import { createOutput } from './output.ts';

afterEach(() => vi.restoreAllMocks());

const failure = {
  exit: 1,
  code: 'failed',
  message: 'It broke',
  hint: 'Try `treeline doctor`, or treeline up.',
} as const;

function printed(options: { json: boolean; typed: string }): string {
  let text = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  const out = createOutput({ quiet: false, noColor: true, unicode: false, ...options });
  out.problem(failure);
  if (!options.json) out.note('Next: treeline session tree, not npx pnpm treeline ls');
  return text;
}

describe('advice', () => {
  it('names commands as they are typed here', () => {
    const text = printed({ json: false, typed: 'npx pnpm treeline' });
    expect(text).toContain('Try `npx pnpm treeline doctor`, or npx pnpm treeline up.');
    expect(text).toContain('Next: npx pnpm treeline session tree, not npx pnpm treeline ls');
  });

  it('is the same in JSON', () => {
    expect(JSON.parse(printed({ json: true, typed: 'npx pnpm treeline' }))).toMatchObject({
      error: { hint: 'Try `npx pnpm treeline doctor`, or npx pnpm treeline up.' },
    });
  });

  it('is as written where treeline is installed', () => {
    expect(printed({ json: false, typed: 'treeline' })).toContain(failure.hint);
  });
});
