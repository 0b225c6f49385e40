/** What a packet may hold: JSON. Socket.IO would also carry binary parts, which no event has. */

/** Whether a value is free of binary parts. Does not recurse, so that depth cannot hurt. */
export function isPlainJson(value: unknown): boolean {
  const rest: unknown[] = [value];
  while (rest.length > 0) {
    const item = rest.pop();
    if (typeof item !== 'object' || item === null) continue;
    if (ArrayBuffer.isView(item) || item instanceof ArrayBuffer) return false;
    for (const child of Array.isArray(item) ? item : Object.values(item)) {
      if (typeof child === 'object' && child !== null) rest.push(child);
    }
  }
  return true;
}
