/** From which address somebody asks: that of the connection, or what a proxy that is trusted says of whom it speaks for. */
import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';
import proxyAddress from 'proxy-addr';

export type ClientAddress = (request: IncomingMessage) => string;

/** `trusted`: addresses and networks of proxies, and the words that stand for some (loopback, linklocal, uniquelocal). */
export function clientAddress(trusted: readonly string[]): ClientAddress {
  const trust = proxyAddress.compile([...trusted]);
  return (request) => proxyAddress(request, trust);
}

/** Bits of an IPv6 address that name a network; its owner has all of the addresses within. */
const NETWORK_BITS = 64;

/** Whom an address is counted for: itself, and with IPv6 its network, or else whoever has one could ask without end. */
export function countedAs(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/${NETWORK_BITS}`).toString()}/${NETWORK_BITS}`;
}
