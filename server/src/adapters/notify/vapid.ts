/** The key pair by which push services know this relay (VAPID, RFC 8292): a P-256 pair, base64url. */
import { createECDH } from 'node:crypto';

export interface VapidKeys {
  readonly publicKey: string;
  /** A secret. */
  readonly privateKey: string;
}

const PRIVATE_BYTES = 32;

export function newVapidKeys(): VapidKeys {
  const pair = createECDH('prime256v1');
  const publicKey = pair.generateKeys();
  // The number has no leading zeros of its own.
  const privateKey = Buffer.alloc(PRIVATE_BYTES);
  const number = pair.getPrivateKey();
  number.copy(privateKey, PRIVATE_BYTES - number.length);
  return { publicKey: publicKey.toString('base64url'), privateKey: privateKey.toString('base64url') };
}
