/** Runs the odd agent in a test: a fresh folder, journal and tools for each, and nothing left behind. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newId, type Ask, type DeliverAs, type Usage } from '@treeline/shared';
import { afterEach, beforeEach } from 'vitest';
import { Journal, leftProcesses, messageInput, TestTools, until } from '../agent.contract-support.ts';
import { asItIs, type Agent, type AgentConfig, type AgentSpec, type AskOutcome } from '../agent.ts';
import { startAcpWith, type AcpTimes } from './index.ts';

const program = fileURLToPath(new URL('odd-agent.fixture.mjs', import.meta.url));
const TIMES: AcpTimes = { steerPatienceMs: 60_000, cancelMs: 400, eofMs: 300, termMs: 300 };

export function oddConfig(...flags: string[]): AgentConfig {
  return { name: 'odd', kind: 'acp', command: [process.execPath, program, ...flags], env: {}, passEnv: [] };
}

interface Asked {
  readonly ask: Ask;
  readonly signal: AbortSignal;
  readonly answer: (outcome: AskOutcome) => void;
}

/** Its questions are answered by the test. */
export class AskingJournal extends Journal {
  readonly usages: Usage[] = [];
  readonly #asked: Asked[] = [];

  override usage(usage: Usage = {}): void {
    this.usages.push(usage);
  }

  override ask(ask?: Ask, signal?: AbortSignal): Promise<AskOutcome> {
    if (ask === undefined || signal === undefined) return super.ask();
    return new Promise((answer) => void this.#asked.push({ ask, signal, answer }));
  }

  async nextAsk(): Promise<Asked> {
    await until('it asks', () => this.#asked.length > 0);
    const asked = this.#asked.shift();
    if (asked === undefined) throw new Error('Nothing is asked');
    return asked;
  }
}

interface StartOptions extends Partial<AgentSpec> {
  readonly times?: Partial<AcpTimes>;
}

class OddAgent {
  folder = '';
  journal = new AskingJournal();
  tools = new TestTools();
  agent: Agent | undefined;
  #mark = '';

  async setUp(): Promise<void> {
    this.folder = await mkdtemp(join(tmpdir(), 'treeline-acp-'));
    this.#mark = newId('request');
    this.journal = new AskingJournal();
    this.tools = new TestTools();
    this.agent = undefined;
  }

  async tearDown(): Promise<void> {
    if (this.journal.exits.length === 0) await this.agent?.close('kill');
    await rm(this.folder, { recursive: true, force: true });
    const left = leftProcesses(this.#mark);
    if (left.length > 0) throw new Error(`Processes were left: ${left.join(', ')}`);
  }

  async start(flags: readonly string[] = [], { times, ...spec }: StartOptions = {}): Promise<Agent> {
    this.agent = await startAcpWith(
      { ...TIMES, ...times },
      {
        config: oddConfig(...flags),
        sessionId: newId('session'),
        cwd: this.folder,
        dataDir: this.folder,
        env: { PATH: '/usr/bin:/bin', MARK: this.#mark, ODD_LOG: join(this.folder, 'log') },
        tools: this.tools,
        launch: asItIs,
        isChild: false,
        ...spec,
      },
      this.journal,
    );
    return this.agent;
  }

  async prompt(text: string, deliverAs: DeliverAs = 'followUp'): Promise<void> {
    if (this.agent === undefined) throw new Error('No agent runs');
    await this.agent.prompt(messageInput(text, deliverAs));
  }

  turnEnds(count = 1): Promise<void> {
    const ended = () => this.journal.turns.filter((turn) => turn === 'ended').length;
    return until(`${count} turns end`, () => ended() >= count);
  }

  /** What reached the agent, a line for each prompt, steer and cancel. */
  async received(): Promise<string[]> {
    return (await readFile(join(this.folder, 'log'), 'utf8')).trim().split('\n');
  }

  /** What the agent said last, which is JSON. */
  lastSaid(): unknown {
    return JSON.parse(this.journal.messages().stored.at(-1) ?? 'null');
  }
}

export function useOddAgent(): OddAgent {
  const odd = new OddAgent();
  beforeEach(() => odd.setUp());
  afterEach(() => odd.tearDown());
  return odd;
}
