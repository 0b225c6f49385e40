/** A share link: whoever has it reads along without an account, is offered nothing else, and is cut off when it ends. */
import { describe, expect, test } from 'vitest';
import { untilEnded } from '@treeline/test-support/sessions.ts';
import { hasChromium, STORE } from './browser.ts';
import { startTitled } from './staging.ts';
import { said, useViewer } from './viewer.ts';

const READ_ONLY = /^(Stop|Answer|Send|More|Title and labels …|Retry …|Copy link|Share …)$/;

describe.skipIf(!hasChromium)('a share link', { timeout: 240_000 }, () => {
  const viewer = useViewer(STORE);

  test('is made in the menu of a session, shows the tree as it works, and is ended there', async () => {
    const { root, middle, leaf } = await viewer.threeDeep('Which signature?');
    const owner = await viewer.signedIn();
    await viewer.open(owner, `/s/${root}`);
    await owner.page.getByRole('button', { name: 'More' }).click();
    await owner.page.getByRole('menuitem', { name: 'Share …' }).click();
    await owner.page.getByText('None.').waitFor();
    await owner.page.getByText('1 day', { exact: true }).click();
    await owner.page.getByRole('button', { name: 'Make a link' }).click();
    const url = await owner.page.getByText(/\/share\/#tl_share_/).innerText();
    await owner.page
      .getByText(/With everything below it/)
      .nth(1)
      .waitFor();

    const guest = await viewer.visit('phone');
    const asked: string[] = [];
    guest.page.on('request', (request) => asked.push(request.url()));
    await guest.page.goto(url);
    await guest.page.getByText('read only').waitFor();
    await guest.page.getByRole('heading', { name: 'Release' }).waitFor();
    const secret = url.split('#')[1] ?? '';
    expect(guest.page.url()).not.toContain(secret);
    expect(asked.filter((one) => one.includes(secret))).toEqual([]);

    // Down the tree, by the link's own addresses, which a reload keeps.
    await guest.page.getByRole('tab', { name: 'Tree' }).click();
    await guest.page.getByRole('treeitem', { name: /Matrix/ }).click();
    await guest.page.getByRole('heading', { name: 'Matrix' }).waitFor();
    expect(new URL(guest.page.url()).pathname).toBe(`/share/s/${leaf}`);
    await guest.page.reload();
    await guest.page.getByText('Which signature?').first().waitFor();
    await guest.page.goto(`${new URL(url).origin}/share/s/${middle}`);
    await guest.page.getByRole('heading', { name: 'Refactor' }).waitFor();
    await expect(guest.page.getByRole('button', { name: READ_ONLY }).count()).resolves.toBe(0);
    await expect(guest.page.getByRole('textbox').count()).resolves.toBe(0);
    await guest.page.goBack();

    // It goes on as it works.
    const [open] = (await viewer.rig.api.listTriggers({ query: { root } })).triggers;
    if (open === undefined) throw new Error('nothing waits');
    await viewer.rig.api.respondToTrigger({ params: { id: open.id }, body: { response: 'ES256', key: 'by-hand' } });
    await said(guest.page, 'Going on with: ES256');
    await untilEnded(viewer.rig, leaf);
    await expect(guest.page.getByRole('button', { name: READ_ONLY }).count()).resolves.toBe(0);

    // Ended: whoever looks through it is cut off.
    await owner.page.getByRole('button', { name: /^End it: the link by/ }).click();
    await owner.page.getByRole('button', { name: 'End it', exact: true }).click();
    await owner.page.getByText('None.').waitFor();
    await guest.page.getByText('This link works no longer').waitFor();
    await guest.page.reload();
    await guest.page.getByText('This link works no longer').waitFor();
    await viewer.stopTree(root);
  });

  test('to one session shows nothing below it', async () => {
    const { root, leaf } = await viewer.threeDeep('Which one?');
    const { url } = await viewer.rig.api.createShare({ params: { id: root }, body: {} });
    const guest = await viewer.visit();
    await guest.page.goto(url);
    await guest.page.getByRole('heading', { name: 'Release' }).waitFor();
    await expect(guest.page.getByText('Matrix').count()).resolves.toBe(0);
    await guest.page.goto(`${new URL(url).origin}/share/s/${leaf}`);
    await guest.page.getByText('There is no session').waitFor();
    await viewer.stopTree(root);
  });

  test('shows nothing of it to whoever has no secret, or a wrong one', async () => {
    const session = await startTitled(viewer.rig, { title: 'Quiet', runner: viewer.pi, steps: [{ finish: 'done' }] });
    const guest = await viewer.visit();
    await viewer.open(guest, '/share/');
    await guest.page.getByText('This link is not whole').waitFor();
    const { url } = await viewer.rig.api.createShare({ params: { id: session }, body: {} });
    await guest.page.goto(url.replace(/.$/, (last) => (last === '0' ? '1' : '0')));
    await guest.page.getByText('This link works no longer').waitFor();
  });

  test('that works does not sign anybody in', async () => {
    const session = await startTitled(viewer.rig, { title: 'Open', runner: viewer.pi, steps: [{ finish: 'done' }] });
    const { url } = await viewer.rig.api.createShare({ params: { id: session }, body: {} });
    const guest = await viewer.visit();
    await guest.page.goto(url);
    await guest.page.getByRole('heading', { name: 'Open' }).waitFor();
    await viewer.open(guest, `/s/${session}`);
    await guest.page.getByLabel('One-time code').waitFor();
  });
});
