/**
 * Requests to addresses that people entered. Only https, only public addresses, unless the operator allowed the origin by
 * name; the address is judged where the connection is made, so no name can turn to another one in between. Redirects are
 * not followed, answers are read up to 2 KB, and the whole takes at most 8 s.
 */
import { lookup as resolve, type LookupAddress } from 'node:dns';
import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

const TIMEOUT_MS = 8_000;
const ANSWER_BYTES = 2_048;

export interface Outbound {
  /** Why this address may not be asked; undefined when it may, as far as its name shows. */
  refusal(address: string): string | undefined;
  /** Rejects with ForbiddenAddress, or with what the network said. */
  post(address: string, request: OutboundRequest): Promise<OutboundAnswer>;
}

export interface OutboundRequest {
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: string | Uint8Array;
}

export interface OutboundAnswer {
  readonly status: number;
  readonly text: string;
  /** From Retry-After, ms. */
  readonly retryAfterMs: number | undefined;
}

export class ForbiddenAddress extends Error {
  override readonly name = 'ForbiddenAddress';
}

/** `allowed`: origins that may be http or private. */
export function outbound(allowed: readonly string[]): Outbound {
  const trusted = new Set(allowed);
  function refusal(address: string): string | undefined {
    const url = new URL(address);
    if (trusted.has(url.origin)) return undefined;
    const how = 'the operator can allow it with --allow-outbound';
    if (url.protocol !== 'https:') return `${url.host} is not reached over https; ${how}`;
    if (url.username !== '' || url.password !== '') return 'An address with a password in it is not kept';
    const host = url.hostname.replaceAll(/[[\]]/g, '');
    return isIP(host) !== 0 && !isPublic(host) ? `${url.host} is not a public address; ${how}` : undefined;
  }
  return {
    refusal,
    async post(address, { headers, body }) {
      const url = new URL(address);
      const why = refusal(address);
      if (why !== undefined) throw new ForbiddenAddress(why);
      const send = url.protocol === 'https:' ? secureRequest : plainRequest;
      const guarded = trusted.has(url.origin) ? {} : { lookup: publicOnly };
      return new Promise((done, fail) => {
        const request = send(
          url,
          { method: 'POST', headers, agent: false, signal: AbortSignal.timeout(TIMEOUT_MS), ...guarded },
          (response) => {
            let text = '';
            response.setEncoding('utf8');
            response.on('data', (part: string) => {
              if (text.length < ANSWER_BYTES) text += part.slice(0, ANSWER_BYTES - text.length);
              else response.destroy();
            });
            response.on('error', fail);
            response.on('close', () =>
              done({
                status: response.statusCode ?? 0,
                text,
                retryAfterMs: retryAfter(response.headers['retry-after']),
              }),
            );
          },
        );
        request.on('error', fail);
        request.end(body);
      });
    },
  };
}

/** Resolves a name to its public addresses; fails when it has none. */
const publicOnly: LookupFunction = (hostname, options, done) => {
  resolve(hostname, { ...options, all: true }, (error, found: LookupAddress[]) => {
    if (error !== null) return done(error, []);
    const open = found.filter(({ address }) => isPublic(address));
    const [first] = open;
    if (first === undefined) return done(new ForbiddenAddress(`${hostname} leads to a private address`), []);
    if (options.all === true) done(null, open);
    else done(null, first.address, first.family);
  });
};

export function isPublic(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast';
}

function retryAfter(header: string | undefined): number | undefined {
  const seconds = Number(header);
  return header !== undefined && Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : undefined;
}
