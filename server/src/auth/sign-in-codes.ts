/** One-time codes such as 7QK2-9FXM: 40 random bits, single use, short life, entered at a throttled door. */
import { randomBytes, randomInt } from 'node:crypto';
import { TreelineError, type PersonId } from '@treeline/shared';
import type { Call } from '../domain/audit.ts';
import type { Store, Stored, Unit } from '../ports/store.ts';
import { commitTold } from '../services/audit/attest.ts';
import { hashSecret, SYSTEM_NAMESPACE } from './credential.ts';
import { storedSecret } from './stored-secret.ts';

/** Without I, L, O and U, which people misread. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const GROUP = 4;
const SWEEP = 100;
const CODE_INDEX = { index: 'list', value: 'code' } as const;

/** What a code is good for. */
export interface Grant {
  readonly ns: string;
  /** Whom it signs in; absent: the first owner, who is made if there is nobody yet. */
  readonly personId?: PersonId;
  /** Whoever has it may set a password without the one before. */
  readonly setsPassword: boolean;
  /** The sign-in ends by then, as the key that made the code does. */
  readonly signInUntil?: number;
}

type CodeRecord = Grant & { readonly expiresAt: number };

export interface SignInCodesOptions {
  readonly store: Store;
  readonly now: () => number;
  readonly codeMs: number;
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

  /** Lives for `forMs`; by default as long as codes that are printed do. */
  async create(
    grant: Grant,
    { call, forMs = this.#options.codeMs }: { call?: Call | undefined; forMs?: number } = {},
  ): Promise<{ code: string; expiresAt: number }> {
    const { store, now } = this.#options;
    const code = `${randomGroup()}-${randomGroup()}`;
    const value: CodeRecord = { ...grant, expiresAt: now() + forMs };
    const indexes = { [CODE_INDEX.index]: CODE_INDEX.value };
    const put = [{ kind: 'credential', id: this.#idOf(code), expect: 0, value, indexes } as const];
    const { status } = await commitTold(store, { ns: SYSTEM_NAMESPACE, put }, { call, now: now() });
    if (status !== 'committed') throw new TreelineError('unavailable', `the code could not be stored: ${status}`);
    await this.#sweep();
    return { code, expiresAt: value.expiresAt };
  }

  /**
   * What a code is good for, and what spends it: to be committed with what is given for it, so that one of many who show
   * it gets it. Throws unauthenticated when the code is wrong, used or too old.
   */
  async take(code: string): Promise<{ grant: Grant; spend: NonNullable<Unit['remove']>[number] }> {
    const { store, now } = this.#options;
    const id = this.#idOf(code);
    const found = await store.get<CodeRecord>(SYSTEM_NAMESPACE, { kind: 'credential', id });
    if (found === undefined || found.value.expiresAt <= now()) {
      throw new TreelineError(
        'unauthenticated',
        'this code is wrong, was used before or is too old; ask for a new one',
      );
    }
    return { grant: found.value, spend: { kind: 'credential', id, expect: found.version } };
  }

  /** The id says nothing of the code, so that the store does not hold it. */
  #idOf(code: string): string {
    return `code_${hashSecret(this.#pepper, 'code', normalize(code))}`;
  }

  /** Forgets codes that are over, oldest first and a few at a time. */
  async #sweep(): Promise<void> {
    const { store, now } = this.#options;
    const page: Stored<{ expiresAt?: number }>[] = await store.list({
      ns: SYSTEM_NAMESPACE,
      kind: 'credential',
      ...CODE_INDEX,
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
