/**
 * Group commit, twice. Everything that was asked while the last group was being written is one entry of the journal and
 * one flush to the disk; nobody is answered before. The database itself gets many groups in one transaction, a moment
 * later: until then it is ahead of what is committed in it, and whatever undoes that transaction is made good by running
 * the entries of the journal again. Each has the result that it had, since it meets the tables that it met.
 */
import { failpoint } from '@treeline/shared';
import { closeDatabase } from './database.ts';
import type { Answers } from './answers.ts';
import { type CallName, isRead, type Request } from './calls.ts';
import { type Entry, Journal, type JournalContent } from './journal.ts';
import { decodeCalls, encodeCalls, type MadeCall } from './made-calls.ts';
import type { Sql } from './sql.ts';
import type { Decided } from './units.ts';

/** Groups are collected for one commit of the database until nothing came for so long, ms, … */
const COMMIT_WHEN_QUIET_MS = 250;
/** … and for so long at most. */
const COMMIT_AFTER_MS = 4000;
/** At this size of the journal, bytes, they are committed at once, the database is flushed, and the journal begins again. */
const RESTART_AT = 4 * 1024 * 1024;
/** After a commit that failed, ms. */
const RETRY_MS = 1000;

const CHANGES = 'SELECT total_changes()';
const APPLIED = 'UPDATE journal SET applied = ?';

export interface WriterOptions {
  readonly sql: Sql;
  readonly answers: Answers;
  /** The journal's file, and what it had when the store was opened. */
  readonly path: string;
  readonly content: JournalContent;
}

interface Outcome extends Decided<unknown> {
  /** Whether the journal needs the call; default: when there is something to write. */
  readonly changed?: boolean;
}

export class Writer {
  readonly #sql: Sql;
  readonly #answers: Answers;
  readonly #journal: Journal;
  /** Number of the last entry that the database has as committed. */
  #committed: number;
  #timer: NodeJS.Timeout | undefined;
  /** When the first of the collected groups came, in milliseconds of this process. */
  #collectingSince = 0;
  /** What was answered and is not in the tables yet. */
  #unwritten: (() => void) | undefined;
  /** Why the last commit failed: until one succeeds, nothing more is taken. */
  #problem: Error | undefined;

  /** Runs what the journal has and the database has not. Throws when the two do not belong together. */
  constructor({ sql, answers, path, content }: WriterOptions) {
    refuseStrange(content, path);
    this.#sql = sql;
    this.#answers = answers;
    this.#committed = content.noted.applied;
    this.#journal = new Journal(path, content);
    this.#catchUp();
    this.#commitOrRetry();
    // An entry that cannot be read is told once.
    if (content.damaged && this.#problem === undefined) this.#restartJournal();
  }

  /** The values of the calls; what they write is durable. When it throws, they had no effect, or all of it and nobody knows. */
  answer(group: readonly Request[]): unknown[] {
    this.#writeRest();
    const outside = group.some(({ name }) => name === 'backUp');
    if (!outside && group.some(({ name }) => !isRead(name) && name !== 'close')) return this.#write(group);
    // Who only wants to close is not held up by what is wrong.
    if (group.some(({ name }) => name !== 'close')) this.#catchUp();
    if (outside) this.commit();
    return group.map(({ name, args }) => this.#call(name, args));
  }

  /** To be called when the answers are on their way. */
  afterAnswers(): void {
    this.#writeRest();
    const isLate = this.#sql.inTransaction && performance.now() - this.#collectingSince >= COMMIT_AFTER_MS;
    if (isLate || this.#journal.size >= RESTART_AT) this.#commitOrRetry();
  }

  /** What was collected so far. */
  commit(): void {
    this.#writeRest();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#sql.inTransaction) return;
    this.#orUndone(() => {
      this.#sql.run(APPLIED, this.#journal.seq);
      this.#sql.commit();
    });
    FAILPOINT: failpoint('relay.store.committed');
    this.#committed = this.#journal.seq;
    if (this.#journal.size >= RESTART_AT) this.#restartJournal();
  }

  /** No call is answered after it. What the file cannot take stays in the journal, for the next start. */
  close(): void {
    const whole = this.#isWhole();
    clearTimeout(this.#timer);
    closeDatabase(this.#sql, { whole });
    this.#journal.close({ remove: whole });
  }

  #isWhole(): boolean {
    try {
      this.#catchUp();
      this.commit();
      return true;
    } catch {
      return false;
    }
  }

  #write(group: readonly Request[]): unknown[] {
    if (this.#problem !== undefined) throw this.#problem;
    this.#catchUp();
    if (!this.#sql.inTransaction) this.#sql.begin();
    this.#commitWhenQuiet();
    return this.#orUndone(() => {
      const made: MadeCall[] = [];
      let rest: (() => void) | undefined;
      const values = group.map(({ name, args }, i) => {
        const { value, write, changed = write !== undefined } = this.#decide(name, args);
        if (changed) made.push([name as CallName, args]);
        if (i === group.length - 1) rest = write;
        else write?.();
        return value;
      });
      if (made.length > 0) this.#journal.append(encodeCalls(made));
      FAILPOINT: failpoint('relay.store.written');
      this.#unwritten = rest;
      return values;
    });
  }

  /** When it fails, the tables are what was committed in them, and what is in the journal is run again. */
  #writeRest(): void {
    const rest = this.#unwritten;
    if (rest === undefined) return;
    this.#unwritten = undefined;
    try {
      this.#orUndone(rest);
    } catch {
      this.#commitOrRetry();
    }
  }

  #commitWhenQuiet(): void {
    if (this.#timer !== undefined) return void this.#timer.refresh();
    this.#collectingSince = performance.now();
    this.#timer = setTimeout(() => this.#commitOrRetry(), COMMIT_WHEN_QUIET_MS);
  }

  /** Makes good what was undone, so that all that was acknowledged is there again. */
  #catchUp(): void {
    if (this.#sql.inTransaction || this.#committed >= this.#journal.seq) return;
    this.#sql.begin();
    this.#orUndone(() => {
      for (const entry of this.#journal.read(this.#committed)) this.#repeat(entry);
    });
  }

  /** Nothing is left of the write-ahead log: what was moved to the file must never be laid over it again. */
  #restartJournal(): void {
    const [busy, inLog, moved] = this.#sql.row<[number, number, number]>('PRAGMA wal_checkpoint(TRUNCATE)') ?? [];
    if (busy !== 0 || inLog !== moved) return;
    this.#journal.restart();
  }

  /** The acknowledged is in the journal: a disk that is full is waited for. */
  #commitOrRetry(): void {
    try {
      this.#catchUp();
      this.commit();
      this.#problem = undefined;
    } catch (error) {
      this.#problem = error instanceof Error ? error : new Error(String(error));
      this.#timer = setTimeout(() => this.#commitOrRetry(), RETRY_MS);
    }
  }

  #orUndone<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.#sql.undo();
      throw error;
    }
  }

  #repeat(entry: Entry): void {
    for (const [name, args] of decodeCalls(entry.bytes)) this.#call(name, args);
  }

  #call(name: Request['name'], args: readonly unknown[]): unknown {
    const { value, write } = this.#decide(name, args);
    write?.();
    return value;
  }

  /** What is no decision is carried out at once. */
  #decide(name: Request['name'], args: readonly unknown[]): Outcome {
    if (name === 'close') return { value: undefined };
    const { decisions, calls } = this.#answers;
    if (name === 'commit' || name === 'append') {
      const decide = decisions[name] as (...args: readonly unknown[]) => Outcome;
      return decide(...args);
    }
    const call = calls[name] as (...args: readonly unknown[]) => unknown;
    if (isRead(name)) return { value: call(...args) };
    const before = this.#changes();
    const value = call(...args);
    // A probe changes nothing on purpose, and asks whether that can be written.
    return { value, changed: name === 'probe' || this.#changes() !== before };
  }

  #changes(): number {
    return this.#sql.row<[number]>(CHANGES)?.[0] ?? 0;
  }
}

function refuseStrange({ front, noted }: JournalContent, path: string): void {
  if (front === undefined || (front.lineage === noted.lineage && front.seq <= noted.applied + 1)) return;
  const whose = front.lineage === noted.lineage ? 'of a later state of this store' : 'of another store';
  throw new Error(
    `${path} is the journal ${whose}: was the file beside it replaced? Put back what belongs to it, or move the journal away to go on without.`,
  );
}
