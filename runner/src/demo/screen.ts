/**
 * The tour's terminal: sentences that scroll by, and below them the tree as it is now. Where output is no terminal, each
 * change of a session is a line.
 */
import { type SessionView, shortId } from '@treeline/shared';
import type { Output } from '../cli/output/output.ts';
import { forestOf, renderSessions, treeRows } from '../cli/output/sessions.ts';
import { statusText } from '../cli/output/words.ts';
import type { World } from './world.ts';

const REDRAW_MS = 80;
const UP_AND_CLEAR = (lines: number) => `\u001b[${lines}A\u001b[0J`;

export class Screen {
  readonly #out: Output;
  readonly #live: boolean;
  /** Lines of the tree that stand at the bottom. */
  #drawn = 0;
  #world: World | undefined;
  #timer: NodeJS.Timeout | undefined;
  #held = false;
  #drawing: Promise<void> = Promise.resolve();
  readonly #told = new Map<string, SessionView['status']>();

  constructor(out: Output) {
    this.#out = out;
    this.#live = process.stdout.isTTY && !out.isQuiet;
  }

  /** A sentence of the guide, above the tree. */
  async say(...lines: readonly string[]): Promise<void> {
    await this.#settle();
    this.#erase();
    for (const line of lines) this.#out.line(line);
    this.#out.line();
    await this.#draw();
  }

  show(world: World): void {
    this.#world = world;
    if (!this.#live) return this.#tell(world);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#drawing = this.#drawing.then(() => this.#redraw());
    }, REDRAW_MS);
  }

  /** Leaves the tree as it stands, while somebody types below it. */
  async hold(): Promise<void> {
    await this.#settle();
    this.#held = true;
    this.#drawn = 0;
  }

  /** Goes on below what was typed. */
  release(): void {
    this.#held = false;
    if (this.#world !== undefined) this.show(this.#world);
  }

  /** The last tree stays. */
  async end(): Promise<void> {
    await this.#settle();
    if (this.#live && !this.#held) await this.#redraw();
    this.#held = true;
  }

  async #settle(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#drawing;
  }

  async #redraw(): Promise<void> {
    if (this.#held) return;
    this.#erase();
    await this.#draw();
  }

  async #draw(): Promise<void> {
    if (!this.#live || this.#held || this.#world === undefined) return;
    const { sessions, runners, triggers } = this.#world;
    const { look } = this.#out;
    const rows = forestOf(sessions).flatMap((tree) => treeRows(tree, look));
    const lines = await renderSessions(rows, { runners, triggers, now: Date.now(), look });
    for (const line of lines) this.#out.line(`  ${line}`);
    this.#drawn = lines.length;
  }

  #erase(): void {
    if (this.#drawn > 0) process.stdout.write(UP_AND_CLEAR(this.#drawn));
    this.#drawn = 0;
  }

  #tell({ sessions, runners }: World): void {
    for (const session of sessions) {
      if (this.#told.get(session.id) === session.status) continue;
      this.#told.set(session.id, session.status);
      const runner = runners.find(({ id }) => id === session.runnerId)?.profile.name ?? '';
      const depth = '   '.repeat(session.depth);
      const { look } = this.#out;
      this.#out.line(
        `  ${depth}${shortId(session.id)}  ${session.title.padEnd(12)}  ${runner.padEnd(11)} ${statusText(session.status, look)}`,
      );
    }
  }
}
