/** Ends connections whose credential ended: at once by hint, and by a look every now and then for expiry and lost hints. */
import type { PersonId } from '@treeline/shared';
import type { Namespace, Socket } from 'socket.io';
import type { Authenticator } from '../auth/authenticator.ts';
import type { Principal } from '../domain/principal.ts';
import type { Hint } from '../ports/hints.ts';
import { principalOf } from './handshake.ts';

const LOOK_EVERY_MS = 10_000;

export interface CredentialWatchOptions {
  readonly namespace: Namespace;
  readonly authenticator: Authenticator;
  readonly cut: (socket: Socket) => void;
  readonly onError: (error: unknown) => void;
}

export class CredentialWatch {
  readonly #options: CredentialWatchOptions;
  readonly #timer: NodeJS.Timeout;

  constructor(options: CredentialWatchOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.#look().catch(options.onError), LOOK_EVERY_MS).unref();
  }

  hint(hint: Hint): void {
    if (hint.type === 'revoked') this.#cutThose((principal) => 'keyId' in principal && principal.keyId === hint.keyId);
    // What they may do now is asked again when they connect again.
    if (hint.type === 'person') this.#cutThose((principal) => personOf(principal) === hint.id);
    if (hint.type === 'lapsed') void this.#look().catch(this.#options.onError);
  }

  #cutThose(isMeant: (principal: Principal) => boolean): void {
    const { namespace, cut } = this.#options;
    for (const socket of namespace.sockets.values()) if (isMeant(principalOf(socket))) cut(socket);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const { namespace, authenticator, cut } = this.#options;
    for (const socket of namespace.sockets.values()) {
      if (!(await authenticator.stillValid(principalOf(socket)))) cut(socket);
    }
  }
}

function personOf(principal: Principal): PersonId | undefined {
  if (principal.kind === 'person') return principal.id;
  return principal.kind === 'key' ? principal.personId : undefined;
}
