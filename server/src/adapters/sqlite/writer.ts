/**
 * Group commit, twice. Everything that was asked while the last group was being written is one entry of the journal and
 * one flush to the disk; nobody is answered before. The database itself gets many groups in one transaction, a moment
 * later: until then it is ahead of what is committed in it, and whatever undoes that transaction is made good by running
 * the entries of the journal again. Each has the result that it had, since it meets the tables that it met.
 */
import { failpoint } from '@treeline/shared';
import { closeDatabase } from './database.ts';
import { type CallName, type Calls, isRead, type Request } from './calls.ts';
import { callsOf, type Entry, Journal, type JournalContent } from './journal.ts';
import type { Sql } from './sql.ts';

/** How long groups are collected for one commit of the database, ms. */
const COMMIT_AFTER_MS = 1000;
/** At this size of the journal, bytes, they are committed at once, the database is flushed, and the journal begins again. */
const RESTART_AT = 4 * 1024 * 1024;
/** After a commit that failed, ms. */
const RETRY_MS = 1000;

const CHANGES = 'SELECT total_changes()';
const APPLIED = 'UPDATE journal SET applied = ?';

export interface WriterOptions {
  readonly sql: Sql;
  readonly calls: Calls;
  /** The journal's file, and what it had when the store was opened. */
  readonly path: string;
  readonly content: JournalContent;
}

type MadeCall = readonly [name: CallName, args: readonly unknown[]];

export class Writer {
  readonly #sql: Sql;
  readonly #calls: Calls;
  readonly #journal: Journal;
  /** Number of the last entry that the database has as committed. */
  #committed: number;
  #timer: NodeJS.Timeout | undefined;
  /** Why the last commit failed: until one succeeds, nothing more is taken. */
  #problem: Error | undefined;

  /** Runs what the journal has and the database has not. Throws when the two do not belong together. */
  constructor({ sql, calls, path, content }: WriterOptions) {
    refuseStrange(content, path);
    this.#sql = sql;
    this.#calls = calls;
    this.#committed = content.noted.applied;
    this.#journal = new Journal(path, content);
    this.#catchUp();
    this.#commitOrRetry();
    // An entry that cannot be read is told once.
    if (content.damaged && this.#problem === undefined) this.#restartJournal();
  }

  /** The values of the calls; what they write is durable. When it throws, they had no effect, or all of it and nobody knows. */
  answer(group: readonly Request[]): unknown[] {
    const outside = group.some(({ name }) => name === 'backUp');
    if (!outside && group.some(({ name }) => !isRead(name) && name !== 'close')) return this.#write(group);
    // Who only wants to close is not held up by what is wrong.
    if (group.some(({ name }) => name !== 'close')) this.#catchUp();
    if (outside) this.commit();
    return group.map(({ name, args }) => this.#call(name, args));
  }

  /** To be called when the answers are on their way. */
  afterAnswers(): void {
    if (this.#journal.size >= RESTART_AT) this.#commitOrRetry();
  }

  /** What was collected so far. */
  commit(): void {
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
    this.#timer ??= setTimeout(() => this.#commitOrRetry(), COMMIT_AFTER_MS);
    return this.#orUndone(() => {
      const made: MadeCall[] = [];
      let changes = this.#changes();
      const values = group.map(({ name, args }) => {
        const value = this.#call(name, args);
        if (name === 'close' || isRead(name)) return value;
        const after = this.#changes();
        // A probe changes nothing on purpose, and asks whether that can be written.
        if (after !== changes || name === 'probe') made.push([name, args]);
        changes = after;
        return value;
      });
      if (made.length > 0) this.#journal.append(made);
      FAILPOINT: failpoint('relay.store.written');
      return values;
    });
  }

  /** Makes good what was undone, so that all that was acknowledged is there again. */
  #catchUp(): void {
    if (this.#sql.inTransaction || this.#committed >= this.#journal.seq) return;
    this.#sql.begin();
    this.#orUndone(() => {
      for (const entry of this.#journal.read(this.#committed)) this.#repeat(entry);
    });
  }

  #restartJournal(): void {
    const [busy, inLog, moved] = this.#sql.row<[number, number, number]>('PRAGMA wal_checkpoint(PASSIVE)') ?? [];
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
    for (const [name, args] of callsOf(entry) as readonly MadeCall[]) this.#call(name, args);
  }

  #call(name: Request['name'], args: readonly unknown[]): unknown {
    if (name === 'close') return undefined;
    const method = this.#calls[name] as (...args: readonly unknown[]) => unknown;
    return method(...args);
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
