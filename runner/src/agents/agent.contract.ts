/** What every agent adapter promises. Call `describeAgent` in the adapter's own test file with a way to start it and prompts that it understands. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '@treeline/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  asItIs,
  AgentStartError,
  type Agent,
  type AgentConfig,
  type AgentSpec,
  type Launcher,
  type StartAgent,
} from './agent.ts';
import { Journal, TestTools, leftProcesses, messageInput, until } from './agent.contract-support.ts';

export interface AgentSubject {
  readonly name: string;
  readonly start: StartAgent;
  /** Called before each test; `folder` is empty and removed afterwards. PATH is added to `env` when it has none. */
  readonly setUp: (folder: string) => Promise<{
    readonly config: AgentConfig;
    readonly env?: Readonly<Record<string, string>>;
    readonly model?: string;
    /** Default: as it is. */
    readonly launch?: Launcher;
    readonly tearDown?: () => Promise<void>;
  }>;
  readonly prompts: {
    /** A turn whose text is `text`. */
    readonly say: (text: string) => string;
    /** A turn that goes on for 30 s at least unless it is cancelled. */
    readonly long: () => string;
    /** A turn that takes about half a second and then says `text`. */
    readonly slow?: (text: string) => string;
    /** A turn that calls `ask_user_question` with this question, then ends. */
    readonly ask?: (question: string) => string;
  };
  /** The agent ends with its first turn: nothing follows a prompt. */
  readonly singleTurn?: boolean;
  /** A configuration whose program does not exist. */
  readonly missing?: AgentConfig;
}

const leaveOut = (_title: string, _body: () => Promise<void>): void => undefined;
/** Leaves out what a kind of agent does not promise, rather than count it as skipped. */
const itIf = (promised: boolean) => (promised ? it : leaveOut);

export function describeAgent(subject: AgentSubject): void {
  describe(`agent contract: ${subject.name}`, () => {
    let folder: string;
    let mark: string;
    let journal: Journal;
    let tools: TestTools;
    let set: Awaited<ReturnType<AgentSubject['setUp']>>;
    let running: Agent | undefined;

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'treeline-agent-'));
      mark = newId('request');
      journal = new Journal();
      tools = new TestTools();
      set = await subject.setUp(folder);
    });

    afterEach(async () => {
      if (running !== undefined && journal.exits.length === 0) {
        await running.close('kill');
        await until('the agent exits', () => journal.exits.length === 1);
      }
      running = undefined;
      await set.tearDown?.();
      await rm(folder, { recursive: true, force: true });
    });

    async function start(more: Partial<AgentSpec> = {}): Promise<Agent> {
      running = await subject.start(
        {
          config: set.config,
          sessionId: newId('session'),
          cwd: folder,
          model: set.model,
          dataDir: folder,
          env: { PATH: '/usr/local/bin:/usr/bin:/bin', ...set.env, TREELINE_CONTRACT: mark },
          tools,
          launch: set.launch ?? asItIs,
          isChild: false,
          ...more,
        },
        journal,
      );
      return running;
    }

    it('a prompt runs one turn, and its text is in the updates', async () => {
      const agent = await start();
      expect(journal.turns).toEqual([]);
      await agent.prompt(messageInput(subject.prompts.say('larch and spruce')));
      await until('the turn ends', () => journal.turns.includes('ended') || journal.exits.length > 0);
      expect(journal.turns).toEqual(['started', 'ended']);
      expect(journal.text()).toContain('larch and spruce');
      expect(journal.errors).toEqual([]);
    });

    it('stored text is the deltas joined, and comes after them', async () => {
      const agent = await start();
      await agent.prompt(messageInput(subject.prompts.say('one two three')));
      await until('the turn ends', () => journal.turns.includes('ended') || journal.exits.length > 0);
      const { deltas, stored } = journal.messages();
      expect(stored.join('')).toContain('one two three');
      expect(deltas.join('')).toBe(stored.join(''));
      const kinds = journal.events.filter((it) => it.what === 'delta' || it.what === 'update').map((it) => it.what);
      expect(kinds[0]).toBe('delta');
      expect(stored.length).toBeLessThanOrEqual(deltas.length);
    });

    itIf(subject.prompts.slow !== undefined)(
      'while it is held it says nothing, and goes on when it is let go',
      async () => {
        const agent = await start();
        await agent.prompt(messageInput(subject.prompts.slow?.('larch') ?? ''));
        await until('the turn starts', () => journal.turns.includes('started'));
        agent.pause(true);
        // Longer than the turn takes.
        await new Promise((resolve) => setTimeout(resolve, 1000));
        expect(journal.text()).not.toContain('larch');
        agent.pause(false);
        await until('it has spoken', () => journal.text().includes('larch'));
      },
    );

    itIf(subject.prompts.slow !== undefined)('one that is held can be closed', async () => {
      const agent = await start();
      await agent.prompt(messageInput(subject.prompts.slow?.('larch') ?? ''));
      await until('the turn starts', () => journal.turns.includes('started'));
      agent.pause(true);
      agent.pause(false);
      await agent.close('stop');
      await until('the agent exits', () => journal.exits.length === 1);
    });

    itIf(subject.prompts.slow !== undefined && subject.singleTurn !== true)(
      'a follow-up while it works runs after the turn, never beside it',
      async () => {
        const agent = await start();
        await agent.prompt(messageInput(subject.prompts.slow?.('first') ?? ''));
        await until('the turn starts', () => journal.turns.includes('started'));
        const second = agent.prompt(messageInput(subject.prompts.say('second'), 'followUp'));
        await until('both have spoken', () => journal.text().includes('second') && journal.turns.at(-1) === 'ended');
        await second;
        expect(journal.text()).toMatch(/first[^]*second/);
        journal.turns.forEach((turn, index) => expect(turn).toBe(index % 2 === 0 ? 'started' : 'ended'));
      },
    );

    itIf(subject.singleTurn !== true)('cancel ends the turn, and the agent takes the next prompt', async () => {
      const agent = await start();
      await agent.prompt(messageInput(subject.prompts.long()));
      await until('the turn starts', () => journal.turns.includes('started'));
      await agent.cancel();
      expect(journal.turns).toEqual(['started', 'ended']);
      await agent.prompt(messageInput(subject.prompts.say('still here')));
      await until('it speaks', () => journal.text().includes('still here') && journal.turns.at(-1) === 'ended');
      expect(journal.exits).toEqual([]);
    });

    itIf(subject.prompts.ask !== undefined)(
      'a tool call reaches the host, and its result reaches the agent',
      async () => {
        const agent = await start();
        await agent.prompt(messageInput(subject.prompts.ask?.('Which tree?') ?? ''));
        const call = await tools.nextCall();
        expect(call.name).toBe('ask_user_question');
        expect(call.args).toMatchObject({ question: 'Which tree?' });
        expect(journal.turns).toEqual(['started']);
        call.answer({ text: 'the old juniper', isError: false });
        await until('the turn ends', () => journal.turns.at(-1) === 'ended');
        expect(JSON.stringify(journal.updates())).toContain('the old juniper');
        expect(tools.calls).toBe(1);
      },
    );

    itIf(subject.prompts.ask !== undefined)('cancelling a turn that waits for a tool aborts the call', async () => {
      const agent = await start();
      await agent.prompt(messageInput(subject.prompts.ask?.('Which tree?') ?? ''));
      const call = await tools.nextCall();
      await agent.cancel();
      await until('the call is aborted', () => call.signal.aborted);
      expect(journal.turns.at(-1)).toBe('ended');
    });

    it.each(['stop', 'kill'] as const)(
      'close(%s) in the middle of a turn leaves one exit, no process, and silence',
      async (strength) => {
        const agent = await start();
        await agent.prompt(messageInput(subject.prompts.long()));
        await until('the turn starts', () => journal.turns.includes('started'));
        await agent.close(strength);
        await until('the agent exits', () => journal.exits.length > 0);
        await until('no process is left', () => leftProcesses(mark).length === 0);
        expect(journal.exits).toHaveLength(1);
        expect(journal.events.at(-1)?.what).toBe('exit');
      },
    );

    it('close when it is idle leaves one exit and no process; a second close changes nothing', async () => {
      const agent = await start();
      await agent.close('stop');
      await until('the agent exits', () => journal.exits.length > 0);
      await agent.close('kill');
      await until('no process is left', () => leftProcesses(mark).length === 0);
      expect(journal.exits).toHaveLength(1);
    });

    itIf(subject.prompts.slow !== undefined)('close(finish) lets the turn come to its end', async () => {
      const agent = await start();
      await agent.prompt(messageInput(subject.prompts.slow?.('to the end') ?? ''));
      await until('the turn starts', () => journal.turns.includes('started'));
      await agent.close('finish');
      await until('the agent exits', () => journal.exits.length > 0);
      expect(journal.text()).toContain('to the end');
    });

    itIf(subject.singleTurn !== true)('what can be resumed goes on from its token in a new process', async () => {
      const agent = await start();
      await agent.prompt(messageInput(subject.prompts.say('before')));
      await until('the turn ends', () => journal.turns.includes('ended'));
      await agent.close('stop');
      await until('the agent exits', () => journal.exits.length === 1);
      if (!agent.resumable) return;
      const { token } = journal;
      expect(token).toBeDefined();
      journal = new Journal();
      const again = await start({ resume: token });
      await again.prompt(messageInput(subject.prompts.say('after')));
      await until('it speaks', () => journal.text().includes('after') && journal.turns.at(-1) === 'ended');
    });

    itIf(subject.missing !== undefined)(
      'a program that is missing is a start error that names it, at once',
      async () => {
        const { missing } = subject;
        if (missing === undefined) return;
        const failure = await start({ config: missing }).then(
          () => undefined,
          (error: unknown) => error,
        );
        expect(failure).toBeInstanceOf(AgentStartError);
        if (!(failure instanceof AgentStartError)) return;
        expect(failure.reason).toBe('config');
        expect(`${failure.message} ${failure.detail}`).toContain(missing.command[0]);
        expect(leftProcesses(mark)).toEqual([]);
      },
    );
  });
}
