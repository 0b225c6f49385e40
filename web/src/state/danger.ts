/** Which permissions deserve a longer press: what they allow cannot be taken back, or reaches beyond the session's folder. */
import type { PermissionSubject } from '@treeline/shared';

const COMMANDS: readonly RegExp[] = [
  /\brm\s+(?:-\w*[rf]|--recursive|--force)/,
  /\b(?:sudo|doas)\b|\bsu\s+-/,
  /\bgit\s+push\b.*(?:--force|\s-f\b|--delete|--mirror)/,
  /\bgit\s+(?:reset\s+--hard|clean\s+-\w*f|branch\s+-D)/,
  /\b(?:curl|wget)\b[^|]*\|\s*(?:\w+\s+)?(?:ba|z|da)?sh\b/,
  /\b(?:dd|mkfs(?:\.\w+)?|fdisk|shred|wipefs|truncate)\s/,
  /\b(?:chmod|chown)\s+(?:-\w*R|--recursive)/,
  /\b(?:shutdown|reboot|halt|poweroff)\b/,
  /\b(?:drop|truncate)\s+(?:table|database|schema)\b/i,
  /\b(?:npm|pnpm|yarn|cargo|gem)\s+publish\b/,
  /\b(?:terraform|tofu)\s+(?:apply|destroy)\b|\bkubectl\s+delete\b/,
  />\s*\/dev\/(?:sd|nvme|disk)/,
];

export function isDangerous({ toolKind, command, input }: PermissionSubject): boolean {
  if (toolKind === 'delete') return true;
  const text = command ?? (input === undefined ? '' : JSON.stringify(input));
  return COMMANDS.some((pattern) => pattern.test(text));
}
