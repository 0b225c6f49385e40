/** Whether a page can have passkeys at all, and what went wrong with one, as people read it. */

export interface Place {
  /** https, or this very machine. */
  readonly isSecure: boolean;
  readonly hostname: string;
  /** The browser knows WebAuthn. */
  readonly isKnown: boolean;
}

const ADDRESS = /^(\d+\.\d+\.\d+\.\d+|\[.*\])$/;

/** Why there can be none here, and what would help; undefined when there can. */
export function obstacleTo({ isSecure, hostname, isKnown }: Place): string | undefined {
  if (ADDRESS.test(hostname))
    return `Passkeys belong to a name, and this page was opened at the address ${hostname}. On the relay’s own machine open it as localhost; elsewhere give the relay an https address with a name (--public-url).`;
  if (!isSecure)
    return `Passkeys need https, and this page was opened without it. Give the relay an https address (--public-url with a proxy or a certificate), or use localhost on its own machine.`;
  return isKnown ? undefined : 'This browser knows no passkeys.';
}

/** The browser's own refusals. Undefined: it is none of these. */
export function wordsForRefusal(name: string): string | undefined {
  return REFUSALS[name];
}

const REFUSALS: Readonly<Record<string, string>> = {
  NotAllowedError: 'It was cancelled, or took too long. Nothing has changed.',
  AbortError: 'It was cancelled. Nothing has changed.',
  InvalidStateError: 'This device has a passkey for you here already.',
  SecurityError: 'The browser does not allow passkeys at this address.',
  NotSupportedError: 'This device cannot make a passkey that asks for its owner.',
};
