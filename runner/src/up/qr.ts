/** The sign-in as a QR code, where a phone could reach the relay. */

const LOOPBACK = /^(localhost|127\..*|\[::1\])$/;

/** Undefined for a relay that only this machine reaches. */
export async function qrLines(publicUrl: string, code: string): Promise<string[] | undefined> {
  if (LOOPBACK.test(new URL(publicUrl).hostname)) return undefined;
  const { renderUnicodeCompact } = await import('uqr');
  return renderUnicodeCompact(`${publicUrl}/pair#${code}`, { border: 1 }).split('\n');
}
