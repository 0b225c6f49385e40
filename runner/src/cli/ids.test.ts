import { newId } from '@treeline/shared';
import { expect, test } from 'vitest';
import { EXIT } from './exit.ts';
import { pick } from './ids.ts';

interface Thing {
  readonly id: string;
  readonly name: string;
}

const as = {
  what: 'thing',
  list: 'thing ls',
  id: (it: Thing) => it.id,
  name: (it: Thing) => it.name,
  label: (it: Thing) => it.name,
};
const things: Thing[] = [
  { id: 'ses_01m7yxhnnf1rsp8vsnhdm7nt0t', name: 'alpha' },
  { id: 'ses_01m7yxhnnf1rsp8vsnhdm7nq9z', name: 'beta' },
];

test('an id is named whole, by its beginning, by its end in any case, or by a name', () => {
  const [alpha, beta] = things;
  expect(pick(things, 'ses_01m7yxhnnf1rsp8vsnhdm7nt0t', as)).toBe(alpha);
  expect(pick(things, 'ses_01m7yxhnnf1rsp8vsnhdm7nq', as)).toBe(beta);
  expect(pick(things, 'nt0t', as)).toBe(alpha);
  expect(pick(things, 'M7NQ9Z', as)).toBe(beta);
  expect(pick(things, 'beta', as)).toBe(beta);
});

test('what names nothing is not found, and says where to look', () => {
  expect(() => pick(things, 'zzzz', as)).toThrow(
    expect.objectContaining({ exit: EXIT.notFound, code: 'not_found', hint: expect.stringContaining('thing ls') }),
  );
});

test('fewer than four characters name nothing', () => {
  expect(() => pick(things, 't0t', as)).toThrow(expect.objectContaining({ exit: EXIT.notFound }));
});

test('what names several lists them', () => {
  const thrown = (() => {
    try {
      return pick(things, 'ses_01m7', as);
    } catch (error) {
      return error;
    }
  })();
  expect(thrown).toMatchObject({ exit: EXIT.usage, code: 'ambiguous' });
  for (const { id, name } of things) expect(String(thrown)).toContain(`${id} (${name})`);
});

test('a name that two have is ambiguous too', () => {
  const twins = [newId('runner'), newId('runner')].map((id) => ({ id, name: 'pi' }));
  expect(() => pick(twins, 'pi', as)).toThrow(expect.objectContaining({ code: 'ambiguous' }));
});
