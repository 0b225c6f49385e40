import { describe, expect, it } from 'vitest';
import { Passwords } from './passwords.ts';

describe('a password', () => {
  it('AUTH-2 is kept as scrypt with a salt of its own, and checked with the costs that it was kept with', async () => {
    const stored = await new Passwords().hash('correct horse');
    expect(stored).toMatch(/^scrypt\$32768\$8\$3\$[\w-]{22}\$[\w-]{43}$/);
    const cheap = new Passwords(2 ** 10);
    expect(await cheap.isRight('correct horse', stored)).toBe(true);
    expect(await cheap.isRight('correct hors', stored)).toBe(false);
    expect(await cheap.isRight('correct horse', undefined)).toBe(false);
    expect(await cheap.hash('correct horse')).not.toBe(await cheap.hash('correct horse'));
  });
});
