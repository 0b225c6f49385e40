/** What sessions used, in words and in sum. */
import type { Usage } from '@treeline/shared';
import type { TreeNode } from './tree.ts';

export function usageText({ inputTokens, outputTokens, cachedTokens, costUsd }: Usage): string {
  const parts = [
    inputTokens !== undefined && `${inputTokens.toLocaleString()} in`,
    cachedTokens !== undefined && `${cachedTokens.toLocaleString()} cached`,
    outputTokens !== undefined && `${outputTokens.toLocaleString()} out`,
    costUsd !== undefined && costText(costUsd),
  ];
  return parts.filter(Boolean).join(' · ');
}

export function costText(costUsd: number): string {
  return `$${costUsd.toFixed(2)}`;
}

const FIELDS = ['inputTokens', 'outputTokens', 'cachedTokens', 'costUsd'] as const;

/** Of a session and everything below it; undefined when none of them has said anything. */
export function subtreeUsage({ session, children }: TreeNode): Usage | undefined {
  const all = [session.usage, ...children.map(subtreeUsage)].filter((one) => one !== undefined);
  if (all.length === 0) return undefined;
  const sum: Usage = {};
  for (const field of FIELDS) {
    const known = all.map((usage) => usage[field]).filter((value) => value !== undefined);
    if (known.length > 0) sum[field] = known.reduce((total, value) => total + value, 0);
  }
  return sum;
}
