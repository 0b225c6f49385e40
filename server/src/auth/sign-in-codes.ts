/** One-time sign-in codes such as 7QK2-9FXM: 40 random bits, single use, short life, entered at a throttled door. */
import { randomBytes, randomInt } from 'node:crypto';
import { newId, TreelineError } from '@treeline/shared';
import type { Store, Stored } from '../ports/store.ts';
import { credentialList, hashSecret, SYSTEM_NAMESPACE, type Credential } from './credential.ts';
import { putCredential } from './credentials.ts';
import { storedSecret } from './stored-secret.ts';

/** Without I, L, O and U, which people misread. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const GROUP = 4;
const SWEEP = 100;
const CODE_INDEX = { index: 'list', value: 'code' } as const;

interface CodeRecord {
  readonly ns: string;
  readonly name: string;
  readonly expiresAt: number;
  /** The sign-in ends by then, as the key that made the code does. */
  readonly signInUntil?: number;
}

export interface CodeRequest {
  readonly ns: string;
  readonly name: string;
  readonly signInUntil?: number | undefined;
}

export interface SignInCodesOptions {
  readonly store: Store;
  readonly now: () => number;
  readonly codeMs: number;
  readonly signInMs: number;
}

export class SignInCodes {
  readonly #options: SignInCodesOptions;
  readonly #pepper: string;

  private constructor(options: SignInCodesOptions, pepper: string) {
    this.#options = options;
    this.#pepper = pepper;
  }

  static async open(options: SignInCodesOptions): Promise<SignInCodes> {
    return new SignInCodes(
      options,
      await storedSecret(options.store, 'code-pepper', () => randomBytes(32).toString('base64')),
    );
  }

  /** A code that signs somebody in as `name`, with all that a person of the namespace may do. */
  async create({ ns, name, signInUntil }: CodeRequest): Promise<{ code: string; expiresAt: number }> {
    const { store, now, codeMs } = this.#options;
    const code = `${randomGroup()}-${randomGroup()}`;
    const value: CodeRecord = {
      ns,
      name,
      expiresAt: now() + codeMs,
      ...(signInUntil === undefined ? {} : { signInUntil }),
    };
    const { status } = await store.commit({
      ns: SYSTEM_NAMESPACE,
      put: [
        {
          kind: 'credential',
          id: this.#idOf(code),
          expect: 0,
          value,
          indexes: { [CODE_INDEX.index]: CODE_INDEX.value },
        },
      ],
    });
    if (status !== 'committed') throw new TreelineError('unavailable', `the code could not be stored: ${status}`);
    await this.#sweep(CODE_INDEX.value);
    return { code, expiresAt: value.expiresAt };
  }

  /** Trades a code for a sign-in's record, both in one commit. Throws unauthenticated when the code is wrong, used or too old. */
  async trade(code: string): Promise<Credential & { expiresAt: number }> {
    const { store, now, signInMs } = this.#options;
    const id = this.#idOf(code);
    const found = await store.get<CodeRecord>(SYSTEM_NAMESPACE, { kind: 'credential', id });
    const wrong = new TreelineError(
      'unauthenticated',
      'this code is wrong, was used before or is too old; ask for a new one',
    );
    if (found === undefined || found.value.expiresAt <= now()) throw wrong;
    const { ns, name, signInUntil = Infinity } = found.value;
    const signIn = {
      id: newId('key', now()),
      ns,
      name,
      kind: 'sign_in',
      createdAt: now(),
      expiresAt: Math.min(now() + signInMs, signInUntil),
    } as const;
    const { status } = await store.commit({
      ns: SYSTEM_NAMESPACE,
      remove: [{ kind: 'credential', id, expect: found.version }],
      put: [putCredential(signIn, 0)],
    });
    if (status !== 'committed') throw wrong;
    await this.#sweep(credentialList(ns, 'sign_in'));
    return signIn;
  }

  /** The id says nothing of the code, so that the store does not hold it. */
  #idOf(code: string): string {
    return `code_${hashSecret(this.#pepper, 'code', normalize(code))}`;
  }

  /** Forgets codes or sign-ins that are over, oldest first and a few at a time. */
  async #sweep(value: string): Promise<void> {
    const { store, now } = this.#options;
    const page: Stored<{ expiresAt?: number }>[] = await store.list({
      ns: SYSTEM_NAMESPACE,
      kind: 'credential',
      index: CODE_INDEX.index,
      value,
      limit: SWEEP,
    });
    const over = page.filter((record) => (record.value.expiresAt ?? Infinity) <= now());
    if (over.length === 0) return;
    // Whoever else sweeps at the same time makes this a conflict, and the work is done.
    await store.commit({
      ns: SYSTEM_NAMESPACE,
      remove: over.map(({ id, version }) => ({ kind: 'credential', id, expect: version })),
    });
  }
}

function randomGroup(): string {
  return Array.from({ length: GROUP }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

/** As people type it: any case, with or without the dash, O for 0. */
function normalize(code: string): string {
  return code
    .toUpperCase()
    .replaceAll(/[^0-9A-Z]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');
}
