/** Text from agents and people, made harmless for a terminal. */

/* oxlint-disable no-control-regex */

/** Line ends and tabs stay; every other control character goes. */
export function safe(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
}

/** As `safe`, for text that is already coloured: colours stay too. */
export function safeColored(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(/(?!\u001b\[[\d;]*m)[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
}
