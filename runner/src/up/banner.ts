/** What `treeline up` says when it is ready. Pure. */
import type { RunnerView } from '@treeline/shared';
import { renderFields } from '../cli/output/fields.ts';
import type { Look } from '../cli/output/output.ts';
import { runnerText } from '../cli/output/words.ts';

const NAMES = 'Sign in'.length;

export interface RelayFacts {
  readonly publicUrl: string;
  readonly code: string;
  readonly dataDir: string;
  readonly redisUrl: string | undefined;
  readonly volatile: boolean;
  readonly look: Look;
}

export function relayLines({ publicUrl, code, dataDir, redisUrl, volatile, look }: RelayFacts): string[] {
  const { colors } = look;
  const fields: [string, string][] = [
    ['Relay', colors.bold(publicUrl)],
    ['Sign in', `${publicUrl}/pair#${code}`],
    ['', colors.dim(`or enter ${code} there; it works once, within 30 minutes`)],
    ['Data', `${dataDir}  ${colors.dim(storeText(redisUrl, volatile))}`],
  ];
  return renderFields(fields, look, NAMES).map(indent);
}

export function storeText(redisUrl: string | undefined, volatile: boolean): string {
  if (redisUrl === undefined) return '(SQLite)';
  const where = URL.canParse(redisUrl) ? new URL(redisUrl).host : 'redis';
  return `(Redis ${where}${volatile ? ', volatile: it may lose what it acknowledged' : ''})`;
}

export function runnerLines(runner: RunnerView, look: Look): string[] {
  const { symbols, colors } = look;
  const agents = runner.profile.agents.map(({ name, version, problem }) =>
    problem === undefined
      ? [name, version].filter((part) => part !== undefined).join(' ')
      : colors.dim(`${name} (not ready)`),
  );
  const fields: [string, string][] = [
    ['Runner', `${runner.profile.name}  ${runnerText(runner, look)}`],
    ['Agents', agents.join(` ${symbols.separator} `)],
  ];
  return renderFields(fields, look, NAMES).map(indent);
}

/** `treeline`: how it is typed here, with what finds this relay. */
export function tryLines(options: { treeline: string; look: Look }): string[] {
  const { treeline, look } = options;
  const fields: [string, string][] = [
    ['Try', `${treeline} session new 'Say hello' --agent scripted --wait`],
    ['', `${treeline} session tree`],
    ['End', 'Ctrl-C'],
  ];
  return renderFields(fields, look, NAMES).map(indent);
}

const indent = (line: string) => `  ${line}`;
