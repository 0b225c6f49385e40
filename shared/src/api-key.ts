/** The format of API keys, `tl_<kind>_<id>_<secret><checksum>`: recognisable in leaks, checked for typing errors before any look-up. */
import { KeyKind } from './http/api/keys.ts';

const SECRET_CHARS = 40;
const CHECK_CHARS = 6;
const BASE36 = 36;
const pattern = new RegExp(`^tl_([a-z]+)_([0-9a-z]{26})_([0-9A-Za-z]{${SECRET_CHARS}})([0-9a-z]{${CHECK_CHARS}})$`);

export interface ApiKeyParts {
  readonly kind: KeyKind;
  /** The id without its prefix. */
  readonly id: string;
  readonly secret: string;
}

/** FNV-1a over the key's text: against typing errors only, no security. */
function checksum(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return (hash % BASE36 ** CHECK_CHARS).toString(BASE36).padStart(CHECK_CHARS, '0');
}

export function formatApiKey({ kind, id, secret }: ApiKeyParts): string {
  const text = `tl_${kind}_${id}_${secret}`;
  return text + checksum(text);
}

/** The parts of a key, or undefined when it is not one or was mistyped. */
export function parseApiKey(text: string): ApiKeyParts | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [, kindText, id, secret, check] = match;
  const kind = KeyKind.safeParse(kindText);
  if (!kind.success || id === undefined || secret === undefined) return undefined;
  if (checksum(`tl_${kind.data}_${id}_${secret}`) !== check) return undefined;
  return { kind: kind.data, id, secret };
}
