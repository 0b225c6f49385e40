/** The events that the benchmark sends: text that JSON need not escape, with its number at the front. */

const EVENT_CHARS = 500;
const PADDING = 'x'.repeat(EVENT_CHARS);

export function eventText(number: number): string {
  return `${number} ${PADDING}`;
}

export function numberOf(text: string): number {
  return Number.parseInt(text, 10);
}

export function eventTexts(count: number): string[] {
  return Array.from({ length: count }, (_, i) => eventText(i));
}
