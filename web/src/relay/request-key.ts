/** A key that names one request for ever, so that sending it again does it once. Works without https, where randomUUID is missing. */
export function requestKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
