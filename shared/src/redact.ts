/** Takes out of a text what opens a door: for logs that are shown to people elsewhere. Errs on the side of taking too much. */

const CENSOR = '[secret]';

const WHOLE = [
  // Keys of this product, and the usual shapes of others'.
  /\btl_[a-z]+_[\w-]{8,}/g,
  /\b(?:sk|pk|rk|ghp|gho|ghs|ghu|glpat|npm|xox[abprs])[-_][\w-]{12,}/g,
  /\bgithub_pat_\w{20,}/g,
  /\bAKIA[0-9A-Z]{16}\b/g,
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g,
] as const;

/** What is kept, then what is taken out. */
const AFTER = [
  /(\b(?:bearer|basic)\s+)[\w.~+/=-]{8,}/gi,
  /(:\/\/[^\s/:@"]*:)[^\s/@"]+(?=@)/g,
  /(\b[\w-]*(?:password|passwd|secret|token|api[-_]?key|authorization|cookie)["']?\s*[=:]\s*)(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s,;}"']+)/gi,
] as const;

export function redactSecrets(text: string): string {
  const kept = AFTER.reduce((now, pattern) => now.replace(pattern, censored), text);
  return WHOLE.reduce((now, pattern) => now.replace(pattern, CENSOR), kept);
}

/** In the quotes that it stood in, so that a line of JSON stays one. */
function censored(match: string, before: string): string {
  const quote = /^["']/.exec(match.slice(before.length))?.[0] ?? '';
  return `${before}${quote}${CENSOR}${quote}`;
}
