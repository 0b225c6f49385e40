/**
 * Keys of runners, which they renew by themselves:
 *
 *   join token ──trade──► key ──renew──► the next key, unused ──a link is opened with it──► key, and the one before ends
 *
 * Until the next key was used the one before works, so that whatever gets lost in between locks no runner out. Of the keys
 * that were made to follow one there is never more than one: the newest. Each step is one commit that writes the key
 * before, so that a renewal that comes late, or a copy of the runner that renews at the same time, ends no key that is used.
 */
import { TreelineError, type KeyId, type RunnerId } from '@treeline/shared';
import type { Call } from '../domain/audit.ts';
import type { Principal } from '../domain/principal.ts';
import type { Store, Unit } from '../ports/store.ts';
import { commitTold } from '../services/audit/attest.ts';
import { endOf, keyView, runnerIndex, SYSTEM_NAMESPACE, type Credential } from './credential.ts';
import { putCredential, type Credentials } from './credentials.ts';
import type { Keys, MadeKey } from './keys.ts';

/** The part of its life after which a key is to be renewed. */
const RENEW_AFTER = 2 / 3;
/** The newest keys of one runner that are looked through. */
const PAGE = 500;

export interface RunnerKeysOptions {
  readonly store: Store;
  readonly keys: Keys;
  readonly credentials: Credentials;
  readonly now: () => number;
  /** Milliseconds. */
  readonly lifeMs: number;
}

type RunnerPrincipal = Principal & { readonly kind: 'runner' };

export class RunnerKeys {
  readonly #options: RunnerKeysOptions;

  constructor(options: RunnerKeysOptions) {
    this.#options = options;
  }

  /**
   * Trades a join token for the runner's own key: both in one commit, so that of any number of callers one gets a key.
   * Earlier keys of the same runner end, since one machine has one identity. Throws unauthenticated when the token is spent.
   */
  async trade(token: Principal & { kind: 'join' }, runner: { id: RunnerId; name: string }): Promise<MadeKey> {
    const { store, keys, credentials, now, lifeMs } = this.#options;
    for (;;) {
      const at = now();
      const current = await credentials.load(token.keyId);
      if (current === undefined || endOf(current.value, at) !== undefined) {
        throw new TreelineError('unauthenticated', 'this join token was used before or has ended; make another one');
      }
      const { credential, secret } = keys.draft({
        at,
        ns: token.ns,
        kind: 'runner',
        name: runner.name,
        runnerId: runner.id,
        expiresAt: at + lifeMs,
      });
      const put = [putCredential({ ...current.value, usedAt: at }, current.version), putCredential(credential, 0)];
      const { status } = await commitTold(store, { ns: SYSTEM_NAMESPACE, put }, { call: token.call, now: at });
      // A conflict may be no more than a noted use of the token: look again.
      if (status !== 'committed') continue;
      await this.#end({ ns: token.ns, runnerId: runner.id }, ({ id }) => id !== credential.id);
      return { key: keyView(credential, at), secret };
    }
  }

  /** When the runner is to ask for its next key; a key without an end, of an earlier version, counts as one with it. */
  async renewAt(id: KeyId): Promise<number | undefined> {
    const credential = await this.#options.credentials.live(id);
    return credential && this.#renewAt(credential);
  }

  /**
   * Makes the next key of a runner. The one that it has goes on; another that was made in its place and never used ends.
   * Throws conflict before its time, unauthenticated when the caller's key has ended meanwhile.
   */
  async renew(by: RunnerPrincipal): Promise<{ key: string }> {
    const { store, keys, credentials, now, lifeMs } = this.#options;
    for (;;) {
      const at = now();
      const current = await credentials.load(by.keyId);
      if (current === undefined || endOf(current.value, at) !== undefined)
        throw new TreelineError('unauthenticated', 'the key of this runner has ended');
      if (at < this.#renewAt(current.value))
        throw new TreelineError('conflict', 'the key of this runner is not to be renewed yet');
      const { credential, secret } = keys.draft({
        at,
        ns: by.ns,
        kind: 'runner',
        name: current.value.name,
        runnerId: by.runnerId,
        replaces: by.keyId,
        expiresAt: at + lifeMs,
      });
      const unused = current.value.next === undefined ? undefined : await credentials.load(current.value.next);
      const unit: Unit = {
        ns: SYSTEM_NAMESPACE,
        put: [putCredential(credential, 0), putCredential({ ...current.value, next: credential.id }, current.version)],
        // It is gone rather than ended: a runner that never gets an answer, and so asks again and again, fills no store.
        remove: unused === undefined ? [] : [{ kind: 'credential', id: unused.value.id, expect: unused.version }],
      };
      const { status } = await commitTold(store, unit, { call: by.call, now: at });
      if (status !== 'committed') continue;
      if (unused !== undefined) credentials.ended(unused.value);
      return { key: secret };
    }
  }

  /** A link was opened with this key: the one that it replaces ends. */
  async used({ keyId }: Pick<RunnerPrincipal, 'keyId'>): Promise<void> {
    const { store, credentials, now } = this.#options;
    for (;;) {
      const current = await credentials.load(keyId);
      // Another took its place meanwhile: whoever has this one is cut, and the key before is not theirs to end.
      if (current === undefined || endOf(current.value, now()) !== undefined) return;
      const before = current.value.replaces && (await credentials.load(current.value.replaces));
      if (before === undefined || endOf(before.value, now()) !== undefined) return;
      const { next: _, ...rest } = before.value;
      const { status } = await store.commit({
        ns: SYSTEM_NAMESPACE,
        expect: [{ kind: 'credential', id: keyId, version: current.version }],
        put: [putCredential({ ...rest, revokedAt: now(), replacedBy: keyId }, before.version)],
      });
      if (status !== 'committed') continue;
      credentials.ended(before.value);
      return;
    }
  }

  /** Ends every key of a runner, which then has none. */
  endOf(by: Pick<Principal, 'ns' | 'call'>, runnerId: RunnerId): Promise<void> {
    return this.#end({ ns: by.ns, runnerId, call: by.call }, () => true);
  }

  #renewAt({ createdAt, expiresAt = createdAt + this.#options.lifeMs }: Credential): number {
    return createdAt + Math.floor((expiresAt - createdAt) * RENEW_AFTER);
  }

  async #end(
    { ns, runnerId, call }: { ns: string; runnerId: RunnerId; call?: Call | undefined },
    isMeant: (key: Credential) => boolean,
  ): Promise<void> {
    const { store, credentials, now } = this.#options;
    // One that is renewed and used just now has a successor that the list did not show yet.
    for (let ended = true; ended;) {
      ended = false;
      const found = await store.list<Credential>({
        ns: SYSTEM_NAMESPACE,
        kind: 'credential',
        index: 'runner',
        value: runnerIndex(ns, runnerId),
        limit: PAGE,
        order: 'desc',
      });
      for (const { value } of found) {
        if (!isMeant(value) || endOf(value, now()) !== undefined) continue;
        ended = true;
        await credentials.revoke(value.id, call);
      }
    }
  }
}
