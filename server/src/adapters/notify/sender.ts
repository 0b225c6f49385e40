/** Web push (RFC 8030, 8291, 8292) and ntfy. The package for web push is loaded with the first push. */
import type { PushMessage } from '@treeline/shared';
import type { SendResult } from '../../domain/notify/sending.ts';
import type { PushErrand, Sender, TopicErrand } from '../../ports/sender.ts';
import { ForbiddenAddress, outbound, type Outbound, type OutboundAnswer, type OutboundRequest } from './outbound.ts';
import type { VapidKeys } from './vapid.ts';

/** A push that cannot be delivered for so long is no news any more. */
const PUSH_SECONDS = 24 * 3600;
/** ntfy’s own words. */
const HIGH = 4;
const LOWEST = 1;

export interface SenderOptions {
  readonly vapid: VapidKeys;
  /** mailto: or https:, for the operators of push services. */
  readonly subject: string;
  readonly publicUrl: string;
  /** Origins that may be http or private. */
  readonly allowed: readonly string[];
}

export function openSender({ vapid, subject, publicUrl, allowed }: SenderOptions): Sender {
  const out = outbound(allowed);
  return {
    publicKey: vapid.publicKey,
    refusal: (address) => out.refusal(address),
    async push({ to, message }: PushErrand) {
      const { generateRequestDetails } = (await import('web-push')).default;
      const { endpoint, keys } = to.address;
      let details;
      try {
        details = generateRequestDetails({ endpoint, keys }, JSON.stringify(message), {
          vapidDetails: { subject, ...vapid },
          TTL: PUSH_SECONDS,
          urgency: message.type === 'show' ? 'high' : 'normal',
          topic: topicOf(message),
          contentEncoding: 'aes128gcm',
        });
      } catch (error) {
        // Keys that are no point of the curve.
        return { status: 'refused', detail: `It cannot be encrypted for this device: ${wordsOf(error)}` };
      }
      const request = { headers: details.headers as Record<string, string>, body: details.body ?? '' };
      return tried(out, { address: endpoint, request }, judgePush);
    },
    topic({ to, note, tag, why }: TopicErrand) {
      const url = new URL(to.url);
      const body = {
        topic: decodeURIComponent(url.pathname.split('/').find(Boolean) ?? ''),
        title: note?.title ?? why,
        message: note?.body || (note === null ? 'Nothing to do.' : note.title),
        priority: note === null ? LOWEST : HIGH,
        ...(note === null ? {} : { click: `${publicUrl}${note.path}` }),
        // Servers that know it show the later message in place of the earlier one.
        sequence_id: tag,
      };
      const bearer = to.token === undefined ? {} : { authorization: `Bearer ${to.token}` };
      const headers = { 'content-type': 'application/json', ...bearer };
      return tried(out, { address: `${url.origin}/`, request: { headers, body: JSON.stringify(body) } }, judgeTopic);
    },
  };
}

/** At most 32 characters: a message that waits at the push service gives way to the next of the same topic. */
function topicOf({ tag }: PushMessage): string {
  return tag.replace(/^[a-z]+_/, '').slice(-32);
}

type Judge = (answer: OutboundAnswer, host: string) => SendResult;

async function tried(
  out: Outbound,
  { address, request }: { address: string; request: OutboundRequest },
  judge: Judge,
): Promise<SendResult> {
  // The path of a push address is a secret: words name the host alone.
  const { host } = new URL(address);
  try {
    return judge(await out.post(address, request), host);
  } catch (error) {
    if (error instanceof ForbiddenAddress) return { status: 'refused', detail: error.message };
    return { status: 'later', detail: `${host} cannot be reached: ${wordsOf(error)}` };
  }
}

const judgePush: Judge = ({ status, retryAfterMs }, host) => {
  if (status >= 200 && status < 300) return { status: 'accepted' };
  if (status === 404 || status === 410) return { status: 'gone', detail: `${host} no longer knows it` };
  if (status === 429 || status >= 500)
    return { status: 'later', detail: `${host} asks for a pause (${status})`, afterMs: retryAfterMs };
  return { status: 'refused', detail: `${host} refused it (${status})` };
};

const judgeTopic: Judge = ({ status, retryAfterMs }, host) => {
  if (status >= 200 && status < 300) return { status: 'accepted' };
  if (status === 401 || status === 403)
    return { status: 'refused', detail: `${host} wants another token for this topic (${status})` };
  if (status === 429 || status >= 500)
    return { status: 'later', detail: `${host} asks for a pause (${status})`, afterMs: retryAfterMs };
  return { status: 'refused', detail: `${host} refused it (${status})` };
};

/** Why a request failed, without its address. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason';
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'no answer in time';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
