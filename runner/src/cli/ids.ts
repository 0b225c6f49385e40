/** Ids as people type them: whole, or any beginning or end of four characters that names exactly one. */
import {
  matchesId,
  RunnerId,
  type RunnerView,
  SessionId,
  type SessionView,
  type ShareView,
  TriggerId,
  type TriggerView,
  KeyId,
  PersonId,
  type PersonView,
} from '@treeline/shared';
import type { Client } from '../client/client.ts';
import { CliError, EXIT } from './exit.ts';

const PAGE = 500;

/** The one candidate that the text names; throws a CliError when none or several are. */
export function pick<T>(candidates: readonly T[], given: string, as: PickOptions<T>): T {
  const named = candidates.filter((it) => as.id(it) === given || as.name?.(it) === given);
  const matches = named.length > 0 ? named : candidates.filter((it) => matchesId(as.id(it), given));
  const [first, ...others] = matches;
  if (first === undefined) {
    throw new CliError(EXIT.notFound, {
      code: 'not_found',
      message: `There is no ${as.what} "${given}".`,
      hint: `\`treeline ${as.list}\` lists what there is; an abbreviation needs 4 characters.`,
    });
  }
  if (others.length === 0) return first;
  const list = matches.slice(0, 8).map((it) => `${as.id(it)} (${as.label(it)})`);
  throw new CliError(EXIT.usage, {
    code: 'ambiguous',
    message: `"${given}" names ${matches.length} ${as.what}s: ${list.join(', ')}${matches.length > 8 ? ', …' : ''}`,
    hint: 'Give more of the id.',
  });
}

export interface PickOptions<T> {
  readonly what: string;
  readonly list: string;
  readonly id: (it: T) => string;
  readonly name?: (it: T) => string;
  readonly label: (it: T) => string;
}

export async function sessionIdOf(client: Client, given: string): Promise<SessionId> {
  const whole = SessionId.safeParse(given);
  if (whole.success) return whole.data;
  const sessions = await allSessions(client);
  return pick(sessions, given, { what: 'session', list: 'session ls -a', id: (it) => it.id, label: (it) => it.title })
    .id;
}

export async function personIdOf(client: Client, given: string): Promise<PersonId> {
  const whole = PersonId.safeParse(given);
  if (whole.success) return whole.data;
  const { people } = await client.listPeople();
  const name = (it: PersonView) => it.name;
  return pick(people, given, { what: 'person', list: 'user ls', id: (it) => it.id, name, label: name }).id;
}

export async function runnerIdOf(client: Client, given: string): Promise<RunnerId> {
  const whole = RunnerId.safeParse(given);
  if (whole.success) return whole.data;
  const { runners } = await client.listRunners();
  const name = (it: RunnerView) => it.profile.name;
  return pick(runners, given, { what: 'runner', list: 'runner ls', id: (it) => it.id, name, label: name }).id;
}

export async function triggerIdOf(client: Client, given: string): Promise<TriggerId> {
  const whole = TriggerId.safeParse(given);
  if (whole.success) return whole.data;
  const triggers = await allTriggers(client, 'all');
  const label = (it: TriggerView) => `${it.title}, ${it.state.state}`;
  return pick(triggers, given, { what: 'question', list: 'inbox ls --all', id: (it) => it.id, label }).id;
}

export async function keyIdOf(client: Client, given: string): Promise<KeyId> {
  const whole = KeyId.safeParse(given);
  if (whole.success) return whole.data;
  const { keys } = await client.listKeys();
  return pick(keys, given, {
    what: 'key',
    list: 'key ls',
    id: (it) => it.id,
    name: (it) => it.name,
    label: (it) => it.name,
  }).id;
}

export async function shareIdOf(client: Client, given: string): Promise<KeyId> {
  const whole = KeyId.safeParse(given);
  if (whole.success) return whole.data;
  const { shares } = await client.listAllShares();
  const label = (it: ShareView) => `to ${it.sessionId}`;
  return pick(shares, given, { what: 'link', list: 'share ls', id: (it) => it.id, label }).id;
}

/** Every session that fits, newest first. */
export async function allSessions(
  client: Client,
  query: { state?: 'live' | 'ended' | 'all'; root?: SessionId; runner?: RunnerId } = {},
): Promise<SessionView[]> {
  const sessions: SessionView[] = [];
  for (let after: string | undefined; ;) {
    const page = await client.listSessions({
      query: { ...query, limit: PAGE, ...(after === undefined ? {} : { after }) },
    });
    sessions.push(...page.sessions);
    if (page.next === undefined) return sessions;
    after = page.next;
  }
}

/** Every trigger that fits, oldest first. */
export async function allTriggers(
  client: Client,
  state: 'open' | 'escalated' | 'closed' | 'all',
): Promise<TriggerView[]> {
  const triggers: TriggerView[] = [];
  for (let after: string | undefined; ;) {
    const page = await client.listTriggers({
      query: { state, limit: PAGE, ...(after === undefined ? {} : { after }) },
    });
    triggers.push(...page.triggers);
    if (page.next === undefined) return triggers;
    after = page.next;
  }
}
