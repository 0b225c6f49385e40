/**
 * `treeline demo`: two machines, a parent and its child, three decisions. Every sentence is said when the viewer's socket
 * has shown what it says, and at the end each claim is checked against the relay.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { newId, type SessionView, START, type TriggerView } from '@treeline/shared';
import { type Client, createClient } from '../client/client.ts';
import { framesAfter } from '../client/follow.ts';
import type { Output } from '../cli/output/output.ts';
import { askPerson } from './answer.ts';
import { Screen } from './screen.ts';
import { CHILD_TITLE, PARENT_ANSWER, PARENT_TITLE, parentScript, summaryWith } from './script.ts';
import type { Stage } from './stage.ts';
import { Observed, watchWorld, type World } from './world.ts';

export interface TourOptions {
  readonly stage: Stage;
  readonly out: Output;
  /** Milliseconds between steps. */
  readonly beat: number;
  /** Nobody is there to answer. */
  readonly unattended: boolean;
}

/** One thing that the tour claims to have shown, and whether the relay confirms it. */
export interface Claim {
  readonly claim: string;
  readonly holds: boolean;
}

const PATIENCE_MS = 30_000;

/** Plays the tour; rejects when a step does not come. */
export async function playTour({ stage, out, beat, unattended }: TourOptions): Promise<Claim[]> {
  const { relay, kitchenPi, desktop } = stage;
  const key = relay.localKey();
  const client = createClient({ url: relay.url, key });
  const observed = new Observed();
  const screen = new Screen(out);
  const viewer = await watchWorld({ url: relay.url, key }, (world) => {
    observed.update(world);
    screen.show(world);
  });
  const see = <T>(what: string, find: (world: World) => T | undefined) => observed.until(what, find, PATIENCE_MS);
  try {
    const bothOnline = (world: World) => (world.runners.filter(({ online }) => online).length === 2 ? true : undefined);
    await see('two runners online', bothOnline);
    await screen.say(
      `1  Two machines have dialled out to one relay: ${kitchenPi.profile.name} and ${desktop.profile.name}.`,
      `   (Here both are processes on this machine. The viewer is at ${relay.url}.)`,
    );
    await sleep(beat);

    const { id } = await client.createSession({
      body: {
        prompt: parentScript({ childRunner: desktop.id, beat }),
        agent: 'scripted',
        runnerId: kitchenPi.id,
        title: PARENT_TITLE,
        key: newId('request'),
      },
    });
    await see('the parent at work', ({ sessions }) => sessions.find((it) => it.id === id && it.status === 'working'));
    await screen.say(
      `2  You start the session "${PARENT_TITLE}" on ${kitchenPi.profile.name}. Its agent plays a script here, so that no`,
      '   model is needed; pi, Claude Code, Codex and others take the same place.',
    );
    const child = await see('the child', ({ sessions }) => sessions.find(({ parentId }) => parentId === id));
    await screen.say(
      `3  Its agent starts a child, "${CHILD_TITLE}", on ${desktop.profile.name}, and goes on with its own work.`,
    );

    const first = await see('the first question', ({ triggers }) => questionsOf(child, triggers)[0]);
    await screen.say('4  The child does not know something. It asks its parent, and waits:', `     "${first.text}"`);
    await see('the parent’s answer', ({ triggers }) => answered(triggers, first));
    await screen.say(`5  The parent knows: "${PARENT_ANSWER}". The child works on. Nobody had to look.`);

    const second = await see('the escalated question', ({ triggers }) =>
      questionsOf(child, triggers).find(isEscalated),
    );
    await screen.say(
      '6  The child asks again. This the parent cannot know, and passes it on to people, to you:',
      `     "${second.text}"`,
    );
    const answer = await letPersonAnswer({
      client,
      observed,
      screen,
      out,
      trigger: second,
      byItself: unattended ? beat * 2 : undefined,
    });
    await see('the agent going on with the answer', ({ triggers }) => resumed(triggers, second));
    await screen.say(
      `7  "${answer}" was stored, written to ${desktop.profile.name}’s disk, and given to the agent that asked.`,
    );

    await see('the end of the child', ({ sessions }) =>
      sessions.find((it) => it.id === child.id && it.lifecycle.state === 'ended'),
    );
    await screen.say('8  The child ends. Its summary goes to its parent, like a question did before.');
    await see('the end of the parent', ({ sessions }) =>
      sessions.find((it) => it.id === id && it.lifecycle.state === 'ended'),
    );
    await screen.end();
    return await checkClaims({ client, stage, parent: id, child: child.id, answer });
  } finally {
    viewer.close();
  }
}

async function letPersonAnswer(options: {
  client: Client;
  observed: Observed;
  screen: Screen;
  out: Output;
  trigger: TriggerView;
  byItself: number | undefined;
}): Promise<string> {
  const { client, observed, screen, out, trigger, byItself } = options;
  const elsewhere = new AbortController();
  const answeredThere = observed.until('an answer', ({ triggers }) => answered(triggers, trigger), 24 * 3600_000);
  void answeredThere.then(() => elsewhere.abort());
  await screen.hold();
  const labels = (trigger.options ?? []).map(({ label }) => label);
  const response = await askPerson({ out, options: labels, byItself, signal: elsewhere.signal });
  out.line();
  if (response !== undefined) {
    await client.respondToTrigger({ params: { id: trigger.id }, body: { response, key: newId('request') } });
  }
  screen.release();
  return (await answeredThere).response;
}

async function checkClaims(options: {
  client: Client;
  stage: Stage;
  parent: SessionView['id'];
  child: SessionView['id'];
  answer: string;
}): Promise<Claim[]> {
  const { client, stage, parent, child, answer } = options;
  const [tree, { triggers }] = await Promise.all([
    client.getSessionTree({ params: { id: parent } }),
    client.listTriggers({ query: { state: 'all', session: child } }),
  ]);
  const [first, second] = triggers.filter(({ type }) => type === 'ask_user_question').map(({ state }) => state);
  let log = '';
  for await (const { body } of framesAfter(client, parent, START)) log += body;
  const node = tree.children[0]?.session;
  return [
    {
      claim: `a session on ${stage.kitchenPi.profile.name} started a child on ${stage.desktop.profile.name}`,
      holds: tree.session.runnerId === stage.kitchenPi.id && node?.id === child && node.runnerId === stage.desktop.id,
    },
    {
      claim: 'the parent answered its question',
      holds: first?.state === 'answered' && first.by.kind === 'session' && first.by.id === parent,
    },
    {
      claim: 'the parent passed the next one on, and a person answered',
      holds: second?.state === 'answered' && second.by.kind === 'person',
    },
    { claim: 'both sessions are done', holds: tree.session.status === 'completed' && node?.status === 'completed' },
    {
      claim: `the parent’s log holds the summary: "${summaryWith(answer)}"`,
      holds: log.includes(JSON.stringify(summaryWith(answer)).slice(1, -1)),
    },
  ];
}

function questionsOf(child: SessionView, triggers: readonly TriggerView[]): TriggerView[] {
  return triggers.filter(({ sessionId, type }) => sessionId === child.id && type === 'ask_user_question');
}

const isEscalated = ({ state }: TriggerView) => state.state === 'escalated';

function answered(triggers: readonly TriggerView[], { id }: TriggerView) {
  const state = triggers.find((it) => it.id === id)?.state;
  return state?.state === 'answered' ? state : undefined;
}

function resumed(triggers: readonly TriggerView[], trigger: TriggerView) {
  const state = answered(triggers, trigger);
  return state?.resumedAt === undefined ? undefined : state;
}
