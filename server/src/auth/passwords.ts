/** Passwords, by scrypt: 34 MB and about 0.2 s each, one at a time, so that guessing costs the guesser and not the relay. */
import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';
import { promisify } from 'node:util';
import { InTurn } from '../services/in-turn.ts';

/** N of scrypt: what a password costs. */
export const PASSWORD_COST = 2 ** 15;
const BLOCK = 8;
const PARALLEL = 3;
const LENGTH = 32;
const MEMORY = 64 * 1024 * 1024;

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);
const turns = new InTurn();

export class Passwords {
  readonly #cost: number;

  constructor(cost = PASSWORD_COST) {
    this.#cost = cost;
  }

  /** `scrypt$N$r$p$salt$hash`, in base64url. */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(16);
    const cost = { N: this.#cost, r: BLOCK, p: PARALLEL };
    const hash = await run(password, salt, cost);
    return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), hash.toString('base64url')].join('$');
  }

  /** Takes as long without a stored password as with one, so that the time says nothing of who exists. */
  async isRight(password: string, stored: string | undefined): Promise<boolean> {
    const nobody = ['scrypt', this.#cost, BLOCK, PARALLEL, 'A'.repeat(22), 'A'.repeat(43)].join('$');
    const [, N, r, p, salt = '', hash = ''] = (stored ?? nobody).split('$');
    const expected = Buffer.from(hash, 'base64url');
    const found = await run(password, Buffer.from(salt, 'base64url'), { N: Number(N), r: Number(r), p: Number(p) });
    return expected.length === found.length && timingSafeEqual(expected, found) && stored !== undefined;
  }
}

function run(password: string, salt: Buffer, cost: { N: number; r: number; p: number }): Promise<Buffer> {
  return turns.run(['scrypt'], () => derive(password.normalize('NFKC'), salt, LENGTH, { ...cost, maxmem: MEMORY }));
}
