/** One rig and one browser for all tests of a describe, and what its visitors do most. */
import type { SessionId } from '@treeline/shared';
import { useRig, type Rig, type StoreKind } from '@treeline/test-support/rig.ts';
import type { RunnerProcess } from '@treeline/test-support/runner-process.ts';
import { untilSession } from '@treeline/test-support/sessions.ts';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { openBrowser, signIn, visitor, type Size, type Visitor } from './browser.ts';
import { CONTEXT, OPTIONS, startTitled } from './staging.ts';

export interface Tree {
  readonly root: SessionId;
  readonly middle: SessionId;
  readonly leaf: SessionId;
}

export interface Viewer {
  readonly rig: Rig;
  readonly browser: Browser;
  readonly pi: RunnerProcess;
  visit(size?: Size): Promise<Visitor>;
  signedIn(size?: Size): Promise<Visitor>;
  open(visitor: Pick<Visitor, 'page'>, path: string): Promise<unknown>;
  /** A leaf asks; its parent passes the question on; the root knows nothing of it. */
  /** `title`: of the root. */
  threeDeep(question: string, title?: string): Promise<Tree>;
  stopTree(id: SessionId): Promise<unknown>;
}

interface ViewerOptions {
  /** Whoever signed in comes again in the next test, as people do, instead of a stranger with an empty browser. */
  readonly regulars?: boolean;
}

interface Present {
  readonly who: Visitor;
  readonly size: Size;
  readonly signedIn: boolean;
}

/** After each test its visitors leave, and what their pages complained of fails it. */
export function useViewer(store: StoreKind, { regulars = false }: ViewerOptions = {}): Viewer {
  const it = useRig({ store });
  const present: Present[] = [];
  const away: Present[] = [];
  let browser: Browser | undefined;
  let pi: RunnerProcess | undefined;
  let signingIn: Promise<void> = Promise.resolve();
  beforeAll(async () => {
    pi = await it.rig.runner('kitchen-pi');
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());
  afterEach(async () => {
    const complaints = present.flatMap(({ who }) => who.complaints);
    for (const one of present.splice(0)) {
      if (regulars && one.signedIn && complaints.length === 0) {
        await one.who.page.unrouteAll();
        await one.who.page.goto('about:blank');
        away.push(one);
      } else await one.who.context.close();
    }
    if (complaints.length > 0) throw new Error(`the page complained: ${complaints.join('\n')}`);
  });
  const there = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('the viewer is there only while tests run');
    return value;
  };
  const arrive = async (size: Size, signedIn: boolean): Promise<Visitor> => {
    const who = await visitor(viewer.browser, { size, scheme: 'light' });
    present.push({ who, size, signedIn });
    return who;
  };
  const viewer: Viewer = {
    get rig() {
      return it.rig;
    },
    get browser() {
      return there(browser);
    },
    get pi() {
      return there(pi);
    },
    visit: (size = 'desktop') => arrive(size, false),
    async signedIn(size = 'desktop') {
      const at = away.findIndex((one) => one.size === size);
      const [known] = at < 0 ? [] : away.splice(at, 1);
      if (known !== undefined) {
        present.push(known);
        await viewer.open(known.who, '/');
        await known.who.page.getByRole('navigation', { name: 'Areas' }).waitFor();
        return known.who;
      }
      const who = await arrive(size, true);
      // One code after the other: a fresh one may end the one before it.
      signingIn = signingIn.catch(() => undefined).then(() => signIn(who, it.rig));
      await signingIn;
      return who;
    },
    open: ({ page }, path) => page.goto(`${it.rig.relay.url}${path}`),
    async threeDeep(question, title = 'Release') {
      const start = { runner: viewer.pi };
      const root = await startTitled(it.rig, { ...start, title, steps: [{ waitForMessage: true }] });
      const middle = await startTitled(it.rig, {
        ...start,
        title: 'Refactor',
        steps: [{ escalate: CONTEXT }, { waitForMessage: true }],
        parentId: root,
      });
      const leaf = await startTitled(it.rig, {
        ...start,
        title: 'Matrix',
        steps: [{ ask: { question, options: OPTIONS } }, { say: 'Going on with: $answer' }, { finish: 'All green' }],
        parentId: middle,
      });
      await untilSession(it.rig, leaf, { what: 'the leaf needs a person', is: ({ status }) => status === 'needs_you' });
      return { root, middle, leaf };
    },
    stopTree: (id) => it.rig.api.stopSession({ params: { id }, body: { tree: true } }),
  };
  return viewer;
}

/** In the transcript itself: what is read aloud stands on the page a second time. */
export function said(page: Page, text: string): Promise<void> {
  return page.getByRole('region', { name: 'Transcript' }).getByText(text, { exact: true }).waitFor();
}

/** The card of a decision in the inbox. */
export function cardOf(page: Page, title: string): Locator {
  return page.getByRole('article', { name: new RegExp(` from ${title}$`) });
}
