/** Share links: keys that show one session, or one and what is below it. */
import { TreelineError, type KeyId, type SessionId, type ShareView } from '@treeline/shared';
import type { Principal } from '../domain/principal.ts';
import { credentialList, endOf, shareIndex, type Credential } from './credential.ts';
import type { CredentialIndex, Credentials } from './credentials.ts';
import type { Keys } from './keys.ts';

/** Links that work, for one session. */
const MAX = 100;

type Maker = Extract<Principal, { kind: 'person' | 'key' }>;

export interface SharesOptions {
  readonly keys: Keys;
  readonly credentials: Credentials;
  readonly publicUrl: () => string;
  readonly now: () => number;
  readonly shareMs: number;
}

export class Shares {
  readonly #options: SharesOptions;

  constructor(options: SharesOptions) {
    this.#options = options;
  }

  /** The session must be known to exist. Throws conflict when it has too many links. */
  async create(
    by: Maker,
    { sessionId, tree, expiresInMs }: { sessionId: SessionId; tree: boolean; expiresInMs?: number | undefined },
  ): Promise<{ share: ShareView; url: string }> {
    const { keys, credentials, publicUrl, now, shareMs } = this.#options;
    if ((await this.list(by.ns, sessionId)).length >= MAX)
      throw new TreelineError('conflict', `this session has ${MAX} links already; end some of them`);
    const maker = by.kind === 'key' ? await credentials.live(by.keyId) : undefined;
    const expiresAt = Math.min(now() + (expiresInMs ?? shareMs), maker?.expiresAt ?? Infinity);
    const personId = by.kind === 'person' ? by.id : by.personId;
    const link = {
      ns: by.ns,
      kind: 'share' as const,
      name: by.name,
      sessionId,
      tree,
      expiresAt,
      ...(personId === undefined ? {} : { personId }),
    };
    const { key, secret } = await keys.make(link, by.call);
    return { share: await this.get(key.id), url: `${publicUrl()}/share/#${secret}` };
  }

  list(ns: string, sessionId: SessionId): Promise<ShareView[]> {
    return this.#working({ index: 'share', value: shareIndex(ns, sessionId) });
  }

  /** Links to all sessions of the namespace. */
  listAll(ns: string): Promise<ShareView[]> {
    return this.#working({ index: 'list', value: credentialList(ns, 'share') });
  }

  async #working(of: CredentialIndex): Promise<ShareView[]> {
    const { credentials, now } = this.#options;
    const views: ShareView[] = [];
    for await (const credential of credentials.all(of)) {
      const view = endOf(credential, now()) === undefined ? shareView(credential) : undefined;
      if (view !== undefined) views.push(view);
    }
    return views;
  }

  async get(id: KeyId): Promise<ShareView> {
    const found = await this.#options.credentials.load(id);
    const view = found && shareView(found.value);
    if (view === undefined) throw unknown(id);
    return view;
  }

  /** Throws not_found for what is no link of this namespace. */
  async revoke({ ns, call }: Pick<Principal, 'ns' | 'call'>, id: KeyId): Promise<KeyId> {
    const { credentials } = this.#options;
    const found = await credentials.load(id);
    if (found?.value.ns !== ns || found.value.kind !== 'share') throw unknown(id);
    await credentials.revoke(id, call);
    return id;
  }
}

function shareView({ id, kind, name, sessionId, tree = false, createdAt, expiresAt, lastUsedAt }: Credential) {
  if (kind !== 'share' || sessionId === undefined || expiresAt === undefined) return undefined;
  const used = lastUsedAt === undefined ? {} : { lastUsedAt };
  return { id, sessionId, tree, by: name, createdAt, expiresAt, ...used } satisfies ShareView;
}

function unknown(id: KeyId): TreelineError {
  return new TreelineError('not_found', `There is no link ${id}`);
}
