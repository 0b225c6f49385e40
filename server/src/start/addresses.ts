/** At which URLs the relay is reached. */
import { networkInterfaces } from 'node:os';

export interface Addresses {
  /** For people, runners and share links. */
  readonly publicUrl: string;
  /** For programs on this machine. */
  readonly localUrl: string;
  /** Origins of pages that this relay serves. */
  readonly origins: readonly string[];
}

const ANY: ReadonlySet<string> = new Set(['0.0.0.0', '::', '']);

export function addressesOf(options: {
  host: string;
  port: number;
  publicUrl?: string | undefined;
  /** The relay ends TLS itself: programs of this machine too reach it by the name in its certificate. */
  isTls: boolean;
  allowedOrigins: readonly string[];
}): Addresses {
  const { host, port, allowedOrigins } = options;
  const localUrl =
    options.isTls && options.publicUrl !== undefined
      ? options.publicUrl
      : url(ANY.has(host) ? '127.0.0.1' : host, port);
  const publicUrl = options.publicUrl ?? url(ANY.has(host) ? (firstAddress() ?? '127.0.0.1') : host, port);
  return {
    publicUrl,
    localUrl,
    origins: [publicUrl, localUrl, url('localhost', port), url('127.0.0.1', port), ...allowedOrigins],
  };
}

function url(host: string, port: number): string {
  return new URL(`http://${host.includes(':') ? `[${host}]` : host}:${port}`).origin;
}

/** By which others on the network may reach this machine. */
function firstAddress(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}
