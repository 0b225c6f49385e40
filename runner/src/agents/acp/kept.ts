/** What one attempt keeps for the next one of the same conversation: the messages that the agent has, and what it used. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Usage } from '@treeline/shared';
import { z } from 'zod';

/** More than a worker could have handed over without recording that it did. */
const GIVEN_IDS = 256;

const File = z.object({ given: z.array(z.string()), usage: Usage });

export interface KeptOptions {
  readonly resumed: boolean;
  readonly onProblem: (text: string) => void;
}

export class Kept {
  readonly #path: string;
  readonly #onProblem: (text: string) => void;
  #given: readonly string[] = [];
  #usage: Usage = {};
  /** What earlier attempts cost, when the agent counts its cost from its own start. */
  #earlierCost: number | undefined;

  /** A new conversation begins with nothing: what an earlier one was given, this one never saw. */
  constructor(dataDir: string, options: KeptOptions) {
    this.#path = join(dataDir, 'acp.json');
    this.#onProblem = options.onProblem;
    if (options.resumed) this.#load();
  }

  wasGiven(id: string): boolean {
    return this.#given.includes(id);
  }

  /** Durable against the end of any process when it returns. */
  markGiven(ids: readonly string[]): void {
    if (ids.length === 0) return;
    this.#given = [...this.#given, ...ids].slice(-GIVEN_IDS);
    this.#save();
  }

  /** Adds the tokens of a turn; returns the totals of the session. */
  addTurn(turn: Usage): Usage {
    for (const key of ['inputTokens', 'outputTokens', 'cachedTokens'] as const) {
      const tokens = turn[key];
      if (tokens !== undefined) this.#usage = { ...this.#usage, [key]: (this.#usage[key] ?? 0) + tokens };
    }
    this.#save();
    return this.#usage;
  }

  /** Takes what the agent says the conversation has cost; returns the totals of the session. */
  setCost(costUsd: number): Usage {
    const before = this.#usage.costUsd ?? 0;
    this.#earlierCost ??= costUsd < before ? before : 0;
    this.#usage = { ...this.#usage, costUsd: this.#earlierCost + costUsd };
    this.#save();
    return this.#usage;
  }

  /** Without it the agent goes on all the same: at worst it is told something twice after a crash. */
  #save(): void {
    const file: z.infer<typeof File> = { given: [...this.#given], usage: this.#usage };
    try {
      writeFileSync(`${this.#path}.new`, JSON.stringify(file), { mode: 0o600 });
      renameSync(`${this.#path}.new`, this.#path);
    } catch (error) {
      this.#onProblem(`What the agent was given could not be noted: ${String(error)}`);
    }
  }

  #load(): void {
    try {
      ({ given: this.#given, usage: this.#usage } = File.parse(JSON.parse(readFileSync(this.#path, 'utf8'))));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
      this.#onProblem(`What the agent was given before could not be read: ${String(error)}`);
    }
  }
}
