/**
 * Brings sessions back to a relay that has lost its store: says of each that it calls lost what its folder holds, page by
 * page, and lets its log be sent again as the answer says. Until then nothing of it is sent, and it goes on.
 */
import { LIMITS, START, type SessionClaim, type SessionId, type SpoolVerdict } from '@treeline/shared';
import type { Logger } from 'pino';
import type { Link } from './link.ts';

/** After a page that the relay did not take. */
const AGAIN_MS = 5000;

export interface ClaimsOptions {
  readonly link: Pick<Link, 'online' | 'request' | 'reset'>;
  /** Whether it is from this relay. What another relay's people had here is nobody's business there. */
  readonly isOurs: (id: SessionId) => Promise<boolean>;
  /** Undefined: the session is not here any more. */
  readonly claimOf: (id: SessionId) => Promise<SessionClaim | undefined>;
  /** Sessions that the present hello had no room for. */
  readonly unlisted: () => readonly SessionId[];
  readonly answered: (verdicts: readonly SpoolVerdict[]) => void;
  readonly logger: Logger;
}

export class Claims {
  readonly #options: ClaimsOptions;
  /** Of the present link; an earlier one's pages are not sent on. */
  #round = 0;
  /** What no hello had room for is claimed, too, once any session was lost, and until all of it is answered. */
  #owesUnlisted = false;

  constructor(options: ClaimsOptions) {
    this.#options = options;
  }

  /** A link is open, and this is what its welcome said. */
  opened(verdicts: readonly SpoolVerdict[]): void {
    const round = ++this.#round;
    const lost = verdicts.flatMap(({ id, verdict }) => (verdict === 'lost' ? [id] : []));
    this.#owesUnlisted ||= lost.length > 0;
    if (this.#owesUnlisted) void this.#claimAll([...lost, ...this.#options.unlisted()], round);
  }

  async #claimAll(lost: readonly SessionId[], round: number): Promise<void> {
    const { link, logger } = this.#options;
    logger.warn(
      { sessions: lost.length },
      'the store of the relay is younger than these sessions: they are brought back',
    );
    try {
      for (let at = 0; at < lost.length; at += LIMITS.claimsPerPacket) {
        const claims = await this.#read(await this.#ours(lost.slice(at, at + LIMITS.claimsPerPacket)));
        if (round !== this.#round || !link.online) return;
        if (claims.length > 0) await this.#send(claims, round);
      }
      if (round === this.#round) this.#owesUnlisted = false;
    } catch (error) {
      // What is not answered is called lost again by the next welcome.
      logger.error({ err: error }, 'sessions that the relay has lost could not be brought back; it is tried again');
      setTimeout(() => {
        if (round === this.#round && link.online) link.reset('sessions could not be brought back');
      }, AGAIN_MS).unref();
    }
  }

  async #ours(ids: readonly SessionId[]): Promise<SessionId[]> {
    const ours: SessionId[] = [];
    for (const id of ids) {
      if (await this.#options.isOurs(id)) ours.push(id);
      else this.#options.answered([{ id, have: START, verdict: 'not_yours' }]);
    }
    return ours;
  }

  async #read(ids: readonly SessionId[]): Promise<SessionClaim[]> {
    const { claimOf, logger } = this.#options;
    const claims: SessionClaim[] = [];
    for (const id of ids) {
      try {
        const claim = await claimOf(id);
        if (claim !== undefined) claims.push(claim);
      } catch (error) {
        logger.error({ session: id, err: error }, 'the folder of this session cannot be read: it is not brought back');
      }
    }
    return claims;
  }

  async #send(sessions: SessionClaim[], round: number): Promise<void> {
    const { link, answered } = this.#options;
    const reply = await link.request('claim', { sessions });
    if (round === this.#round) answered(reply.sessions.filter(({ verdict }) => verdict !== 'lost'));
  }
}
