/**
 * Every principal × every action of the authorization table, over HTTP and sockets, about things that exist and things
 * that do not. What is refused says the same of both, changes nothing in the store and leaves a line in the audit.
 */
import {
  FactRecord,
  RunnerToRelay,
  ViewerToRelay,
  newId,
  type FactKind,
  type SessionClaim,
  type SessionId,
} from '@treeline/shared';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Row } from '../domain/authorization/row.ts';
import { HTTP_ACTIONS, RUNNER_ACTIONS, VIEWER_ACTIONS } from '../domain/authorization/table.ts';
import { connect, emit } from '../testing.ts';
import { askedBy, makeCallers, may, type Caller } from './callers.ts';
import { ask, ENDPOINTS, namedBy } from './requests.ts';
import { closeWorld, dump, openWorld, PLACES, refusals, sendFrame, type Place, type World } from './world.ts';

const NOBODY = ['unauthenticated', 'forbidden'];
/** That these work is tried elsewhere: they copy the store, end sign-ins or change everybody's, or ask for all scopes. */
const COSTLY: ReadonlySet<string> = new Set([
  'createSignInCode',
  'createBackup',
  'rotateSigningKeys',
  'signOut',
  'signOutDevice',
  'signOutDevices',
]);

let world: World;
let callers: readonly Caller[];
let cases = 0;
beforeAll(async () => {
  world = await openWorld();
  callers = await makeCallers(world);
});
afterAll(() => closeWorld(world));

/** Runs refusals: as many lines of the audit as there are of them, and nothing else in the store. */
async function refused(what: string, attempts: () => Promise<number>, { but }: { but?: SessionId } = {}) {
  const [before, lines] = [await dump(world, but), await refusals(world)];
  const count = await attempts();
  expect(changes(before, await dump(world, but)), `${what}: a refusal changed something`).toEqual([]);
  expect((await refusals(world)) - lines, `${what}: lines of the audit`).toBe(count);
  cases += count;
}

function changes(before: readonly string[], after: readonly string[]): string[] {
  const [was, is] = [new Set(before), new Set(after)];
  return [...before.filter((line) => !is.has(line)), ...after.filter((line) => !was.has(line))];
}

/** Whether a thing of the owner in the namespace of the relay is within reach of somebody who may do this to their own. */
function reaches({ elsewhere, kind, scopes }: Caller, path: string): boolean {
  if (elsewhere === true || kind === 'share' || kind === 'runner') return false;
  if (path.startsWith('/keys/')) return scopes.includes('people');
  // Of whoever made the key, and these keys are the owner's.
  if (path.startsWith('/auth/devices/')) return kind === 'key';
  return !/^\/(auth|notifications)\//.test(path);
}

function claimOf(id: SessionId): SessionClaim {
  const history = { epoch: 0, seq: 0 };
  const said = { attempt: 1, agent: 'scripted', title: 'mine', labels: {}, parentId: null };
  return { id, ...said, history, inboxPosition: 0, ended: false, open: [] };
}

/** Thousands of requests, and whoever else uses the machine. */
const LONG = { timeout: 300_000 };

describe('over HTTP', LONG, () => {
  it('EDGE-3 refuses everybody whom a row does not name, in the same words for what exists and what does not', async () => {
    for (const caller of callers) {
      await refused(caller.name, async () => {
        const answers = await Promise.all(
          ENDPOINTS.filter(([action]) => !may(HTTP_ACTIONS[action], caller)).map(async ([action, spec]) => {
            const { exists, unknown } = namedBy(world, spec) ?? { exists: '', unknown: '' };
            const one = await ask(world, caller, { action, id: exists });
            const other = await ask(world, caller, { action, id: unknown });
            return { what: `${caller.name}, ${action}`, one, other };
          }),
        );
        for (const { what, one, other } of answers) {
          expect(NOBODY, `${what}: ${JSON.stringify(one)}`).toContain(one.code);
          expect(one, what).toEqual(other);
        }
        return 2 * answers.length;
      });
    }
  });

  it('EDGE-3 tells nobody what of others there is: it is as if it were not', async () => {
    for (const caller of callers) {
      await refused(caller.name, async () => {
        let count = 0;
        for (const [action, spec] of ENDPOINTS) {
          const named = namedBy(world, spec);
          const row: Row = HTTP_ACTIONS[action];
          if (named === undefined || !may(row, caller) || reaches(caller, spec.path)) continue;
          const one = await ask(world, caller, { action, id: named.exists });
          expect(one, `${caller.name}, ${action}`).toEqual(await ask(world, caller, { action, id: named.unknown }));
          expect(one, `${caller.name}, ${action}`).toMatchObject({ code: 'not_found' });
          count += 2;
        }
        return count;
      });
    }
  });

  it('another namespace can name nothing of ours in a body either', async () => {
    const caller = callers.find(({ name }) => name === 'a key of another namespace') as Caller;
    const pairs = [
      ['parentId', world.sessions.parent, newId('session')],
      ['runnerId', world.runner.profile.id, newId('runner')],
    ] as const;
    for (const [field, exists, unknown] of pairs)
      await refused(field, async () => {
        const asked = async (id: string) => {
          const said = await ask(world, caller, { action: 'createSession', also: { [field]: id } });
          return { ...said, message: said.message?.replaceAll(id, 'ID') };
        };
        const one = await asked(exists);
        expect(one).toEqual(await asked(unknown));
        expect(one.status).toBeGreaterThanOrEqual(400);
        return 2;
      });
  });

  it('lets those do it whom a row names', async () => {
    for (const caller of callers)
      for (const [action, spec] of ENDPOINTS) {
        const row: Row = HTTP_ACTIONS[action];
        if (!may(row, caller) || COSTLY.has(action) || row.to.includes('anonymous')) continue;
        const answer = await ask(world, caller, { action, id: namedBy(world, spec)?.unknown ?? '', empty: true });
        expect(NOBODY, `${caller.name}, ${action}: ${JSON.stringify(answer)}`).not.toContain(answer.code);
        cases++;
      }
  });
});

describe('over sockets', LONG, () => {
  const NAMESPACES = [
    { namespace: '/viewer', rows: VIEWER_ACTIONS, events: ViewerToRelay },
    { namespace: '/runner', rows: RUNNER_ACTIONS, events: RunnerToRelay },
  ] as const;

  it('EDGE-3 lets nobody in for whom there is no row, and nobody beyond theirs', async () => {
    for (const caller of callers)
      for (const { namespace, rows } of NAMESPACES)
        await refused(`${caller.name} at ${namespace}`, async () => {
          const actions = Object.entries(rows) as [string, Row][];
          const { key, headers } = askedBy(world.relay, caller);
          const opened = await connect(world.relay, namespace, { auth: { key: key ?? undefined }, headers }).catch(
            (error: { data?: { code: string } }) => error.data?.code ?? 'no problem',
          );
          const isIn = typeof opened !== 'string';
          expect(isIn || NOBODY.includes(opened), `${caller.name} at ${namespace}`).toBe(true);
          expect(isIn || !actions.some(([, row]) => may(row, caller))).toBe(true);
          if (!isIn) return 1;
          let count = 0;
          for (const [event, row] of actions) {
            if (may(row, caller)) continue;
            for (const id of [world.sessions.self, newId('session')]) {
              const ack = await emit(opened, event, { session: id, triggerId: world.triggers.self, response: 'in' });
              expect(ack, `${caller.name}, ${event}`).toMatchObject({ ok: false, error: { code: 'forbidden' } });
              count++;
            }
          }
          opened.close();
          return count;
        });
  });

  it('shows and tells of no session that is out of reach', async () => {
    const within = callers.filter(({ kind, elsewhere }) => kind === 'share' || (kind === 'key' && elsewhere));
    for (const caller of within) {
      const { key } = askedBy(world.relay, caller);
      const socket = await connect(world.relay, '/viewer', { auth: { key } });
      await refused(caller.name, async () => {
        const said = async (session: SessionId) => {
          const ack = await emit(socket, 'attach', { session });
          return JSON.stringify(ack).replaceAll(session, 'ID');
        };
        const unknown = await said(newId('session'));
        expect(unknown).toContain('not_found');
        for (const place of ['parent', 'self', 'sibling', 'stranger'] as const)
          expect(await said(world.sessions[place]), `${caller.name}: ${place}`).toBe(unknown);
        return 5;
      });
      socket.close();
    }
  });

  it('lets nobody of another namespace answer what is asked here', async () => {
    const { key } = callers.find(({ name }) => name === 'a key of another namespace') as Caller;
    const socket = await connect(world.relay, '/viewer', { auth: { key } });
    const said = async (triggerId: string) => {
      const ack = await emit(socket, 'trigger_response', { triggerId, response: 'in' });
      return JSON.stringify(ack).replaceAll(triggerId, 'ID');
    };
    await refused('an answer', async () => {
      expect(await said(world.triggers.self)).toBe(await said(newId('trigger')));
      return 2;
    });
    socket.close();
  });

  it('a runner gets nothing of a session that is on another, and tells nothing of it', async () => {
    const { otherRunner, sessions } = world;
    const { fence, socket } = otherRunner;
    for (const place of PLACES)
      await refused(`another runner: ${place}`, async () => {
        const id = sessions[place];
        for (const event of ['list_children', 'list_runners']) {
          const said = async (session: SessionId) =>
            JSON.stringify(await emit(socket, event, { fence, session })).replaceAll(session, 'ID');
          expect(await said(id)).toContain('not_yours');
          expect(await said(id)).toBe(await said(newId('session')));
        }
        for (const kind of FACTS) {
          const frame = otherRunner.fact(id, factOf(kind, world, 'child') as never);
          expect(await sendFrame(otherRunner, frame)).toMatchObject({ verdict: 'not_yours', refused: [] });
        }
        expect(await sendFrame(otherRunner, otherRunner.say(id, 'in'))).toMatchObject({ verdict: 'not_yours' });
        return 2 * 3 + FACTS.length + 1;
      });
  });

  it('a runner that another has superseded does nothing any more', async () => {
    const { otherRunner, sessions } = world;
    const stale = { fence: otherRunner.fence - 1, session: sessions.self };
    await refused('superseded', async () => {
      const tries = {
        log: { ...stale, frames: [otherRunner.say(sessions.self, 'in')] },
        heartbeat: { ...stale, health: { sessions: 0 } },
        renew_key: stale,
        claim: { ...stale, sessions: [claimOf(sessions.self)] },
        list_children: stale,
        list_runners: stale,
        bye: stale,
      };
      for (const [event, payload] of Object.entries(tries))
        expect(await emit(otherRunner.socket, event, payload), event).toMatchObject({ error: { code: 'stale_fence' } });
      return Object.keys(tries).length;
    });
  });
});

describe('as a session', () => {
  const ADDRESSED = ['answer', 'escalate'] as const;
  const parents: Record<Place, Place | undefined> = {
    parent: undefined,
    self: 'parent',
    sibling: 'parent',
    child: 'self',
    stranger: undefined,
  };

  it('EDGE-3 tells only its children, and answers only what is addressed to it', async () => {
    for (const actor of PLACES)
      await refused(
        actor,
        async () => {
          let count = 0;
          for (const kind of ['tell', ...ADDRESSED] as const) {
            const unknown = await say(actor, kind, undefined);
            expect(unknown).toContain(kind === 'tell' ? 'not_a_child' : 'not_addressed');
            count++;
            for (const subject of PLACES) {
              if (parents[subject] === actor) continue;
              expect(await say(actor, kind, subject), `${actor} ${kind} ${subject}`).toBe(unknown);
              count++;
            }
          }
          return count;
        },
        { but: world.sessions[actor] },
      );
  });

  it('takes back no question of another', async () => {
    for (const actor of PLACES)
      await refused(
        `${actor} withdraws`,
        async () => {
          const subjects = [undefined, ...PLACES.filter((place) => place !== actor)];
          for (const subject of subjects) expect(await say(actor, 'withdraw', subject)).toBe('[]');
          return subjects.length;
        },
        { but: world.sessions[actor] },
      );
  });

  it('may do what its row says', async () => {
    expect(await say('self', 'tell', 'child')).toBe('[]');
    expect(await say('self', 'escalate', 'child')).toBe('[]');
    expect(await say('parent', 'answer', 'self')).toBe('[]');
    expect(await say('self', 'spawn', 'self')).toBe('[]');
    cases += 4;
  });

  it('neither asks nor spawns when it has ended', async () => {
    const { runner, sessions } = world;
    await sendFrame(runner, runner.fact(sessions.child, factOf('end', world, 'child') as never));
    expect(await say('child', 'spawn', 'child')).toContain('parent_ended');
    expect(await say('child', 'ask', 'child')).toContain('session_ended');
    cases += 2;
  });
});

it('these are more than two thousand cases', () => {
  expect(cases).toBeGreaterThanOrEqual(2_000);
});

const FACTS = FactRecord.options.map(({ shape }) => shape.kind.value);

/** What the store says to a fact of one session about another, or about what belongs to it; undefined: to nobody. */
async function say(actor: Place, kind: FactKind, subject: Place | undefined): Promise<string> {
  const { runner, sessions } = world;
  const fact = factOf(kind, world, subject);
  const ack = await sendFrame(runner, runner.fact(sessions[actor], fact as never));
  const words = JSON.stringify(ack.refused.map(({ code, message }) => ({ code, message })));
  const { sessionId = '-', triggerId = '-' } = fact as { sessionId?: string; triggerId?: string };
  return words.replaceAll(sessionId, 'ID').replaceAll(triggerId, 'ID');
}

function factOf(kind: FactKind, { sessions, triggers }: World, subject: Place | undefined): object {
  const sessionId = subject === undefined ? newId('session') : sessions[subject];
  const triggerId = subject === undefined ? newId('trigger') : triggers[subject];
  switch (kind) {
    case 'state':
      return { kind, state: 'idle' };
    case 'consumed':
      return { kind, position: 1 };
    case 'usage':
      return { kind, usage: { inputTokens: 1 } };
    case 'ask':
      return { kind, triggerId: newId('trigger'), ask: { type: 'ask_user_question', text: 'which?' } };
    case 'withdraw':
      return { kind, triggerId };
    case 'answer':
      return { kind, triggerId, response: 'in' };
    case 'escalate':
      return { kind, triggerId };
    case 'tell':
      return { kind, messageId: newId('message'), sessionId, text: 'in' };
    case 'spawn':
      return { kind, sessionId: newId('session'), spec: { prompt: 'in' } };
    case 'end':
      return { kind, triggerId: newId('trigger'), outcome: 'completed', reason: 'ok' };
  }
}
