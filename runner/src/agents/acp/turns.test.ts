import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { initialTurns, step, type Message, type TurnAction, type TurnEvent, type TurnState } from './turns.ts';

const steer = (text: string): Message => ({ text, deliverAs: 'steer' });
const follow = (text: string): Message => ({ text, deliverAs: 'followUp' });

/** Plays events and writes down what is to be done, in short. */
function play(events: readonly TurnEvent<Message>[], nativeSteering = false): string[] {
  let state: TurnState<Message> = initialTurns(nativeSteering);
  const done: string[] = [];
  for (const event of events) {
    const next = step(state, event);
    state = next.state;
    done.push(...next.actions.map(inShort));
  }
  return done;
}

function inShort(action: TurnAction<Message>): string {
  if (action.type === 'prompt') return `prompt ${action.messages.map(({ text }) => text).join('+')}`;
  return action.type === 'steer' ? `steer ${action.message.text}` : action.type;
}

const message = (it: Message): TurnEvent<Message> => ({ type: 'message', message: it });
const ended: TurnEvent<Message> = { type: 'ended' };
const boundary: TurnEvent<Message> = { type: 'boundary' };

describe('turns', () => {
  it.each([steer, follow])('an idle agent is prompted at once', (how) => {
    expect(play([message(how('a'))])).toEqual(['prompt a']);
  });

  it('follow-ups wait for the end of the turn and get a turn each', () => {
    expect(play([message(follow('a')), message(follow('b')), message(follow('c')), boundary, ended, ended])).toEqual([
      'prompt a',
      'prompt b',
      'prompt c',
    ]);
  });

  it('a steering message interrupts at the next boundary and goes before what waits', () => {
    expect(play([message(follow('a')), message(follow('b')), message(steer('s')), boundary, ended, ended])).toEqual([
      'prompt a',
      'patience',
      'interrupt',
      'prompt s',
      'prompt b',
    ]);
  });

  it('steering messages go in together, so that one does not interrupt the other', () => {
    const events = [
      message(follow('a')),
      message(steer('s')),
      message(steer('t')),
      boundary,
      message(steer('u')),
      boundary,
      ended,
    ];
    expect(play(events)).toEqual(['prompt a', 'patience', 'interrupt', 'prompt s+t+u']);
  });

  it('a turn that ends by itself is not interrupted', () => {
    expect(play([message(follow('a')), message(steer('s')), ended, boundary])).toEqual([
      'prompt a',
      'patience',
      'prompt s',
    ]);
  });

  it('native steering takes the message into the turn', () => {
    expect(play([message(follow('a')), message(steer('s')), boundary, ended], true)).toEqual(['prompt a', 'steer s']);
  });

  it('a message that came too late for native steering becomes a prompt', () => {
    const late: TurnEvent<Message> = { type: 'unsteered', message: steer('s') };
    expect(play([message(follow('a')), message(steer('s')), late, boundary, ended], true)).toEqual([
      'prompt a',
      'steer s',
      'prompt s',
    ]);
    expect(play([message(follow('a')), message(steer('s')), ended, late], true)).toEqual([
      'prompt a',
      'steer s',
      'prompt s',
    ]);
  });

  it('cancel interrupts once, and what waits goes on', () => {
    const cancel: TurnEvent<Message> = { type: 'cancel' };
    expect(play([cancel, message(follow('a')), cancel, cancel, message(follow('b')), ended])).toEqual([
      'prompt a',
      'interrupt',
      'prompt b',
    ]);
  });

  it('nothing begins once it closes', () => {
    expect(play([message(follow('a')), message(follow('b')), { type: 'close' }, ended, message(steer('c'))])).toEqual([
      'prompt a',
    ]);
  });

  it('never prompts beside a running turn, and delivers every message once', () => {
    const anyMessage = fc
      .tuple(fc.constantFrom('steer', 'followUp'), fc.nat())
      .map(([deliverAs, text]) => message({ deliverAs: deliverAs as 'steer' | 'followUp', text: `m${text}` }));
    const anyEvent = fc.oneof(anyMessage, fc.constantFrom<TurnEvent<Message>>(ended, boundary, { type: 'cancel' }));
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 60 }), (events) => {
        let state: TurnState<Message> = initialTurns(false);
        let running = false;
        const sent: Message[] = [];
        const given: Message[] = [];
        const settle = Array.from({ length: events.length + 1 }, () => ended);
        for (const event of [...events, ...settle]) {
          if (event.type === 'ended' && !running) continue;
          if (event.type === 'ended') running = false;
          if (event.type === 'message') given.push(event.message);
          const next = step(state, event);
          state = next.state;
          for (const action of next.actions) {
            if (action.type !== 'prompt') continue;
            expect(running).toBe(false);
            running = true;
            sent.push(...action.messages);
          }
        }
        expect(new Set(sent)).toEqual(new Set(given));
        expect(sent).toHaveLength(given.length);
      }),
    );
  });
});
