/** Sessions that the store has lost and that their runners bring back. */
import { type SessionClaim, type SpoolVerdict, START, TreelineError } from '@treeline/shared';
import { adoptSession } from '../domain/adoption.ts';
import type { Call } from '../domain/audit.ts';
import type { Context } from './context.ts';
import type { Ownership } from './ownership.ts';
import type { ClaimService, Link } from './services.ts';

export class Claims implements ClaimService {
  readonly #context: Context;
  readonly #owners: Ownership;

  constructor(context: Context, owners: Ownership) {
    this.#context = context;
    this.#owners = owners;
  }

  /** One after the other: a parent and its child may be in one packet. */
  async claim(link: Link, claims: readonly SessionClaim[], call: Call): Promise<SpoolVerdict[]> {
    const verdicts: SpoolVerdict[] = [];
    for (const claim of claims)
      verdicts.push(await this.#one(link, claim, { ...call, named: [claim.id], told: false }));
    return verdicts;
  }

  async #one(link: Link, claim: SessionClaim, call: Call): Promise<SpoolVerdict> {
    const { store, transact, config } = this.#context;
    const { ns, runnerId, fence } = link;
    const { storeBornAt, rules } = config;
    try {
      await transact.run({ ns, call, fence: { name: runnerId, value: fence } }, (draft) =>
        adoptSession(draft, claim, { runnerId, storeBornAt, rules }),
      );
    } catch (error) {
      if (error instanceof TreelineError && error.code === 'not_yours')
        return { id: claim.id, have: START, verdict: 'not_yours' };
      throw error;
    }
    this.#owners.forget();
    const { epoch, seq } = await store.head(ns, claim.id);
    return { id: claim.id, have: { epoch, seq }, verdict: 'replay_from' };
  }
}
