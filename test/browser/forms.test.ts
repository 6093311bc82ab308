/**
 * Every form of the window, as a family: sent while its daemon is gone, while the tracker is (where it is asked), and then twice at
 * once. What was typed stays, the form says why nothing was done, and in the end it is done once.
 */
import { describe, expect, test } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import type { PeerReady, TrackerReady } from '../../scripts/daemon/daemon.js';
import { adminOf } from '../support/administering.js';
import { violations } from '../support/axe.js';
import { PATIENCE_MS } from '../support/browser.js';
import { browserUsers, PASSWORD } from '../support/browser-users.js';
import type { Restartable } from '../support/world.js';

const lasting = 8 * PATIENCE_MS;

interface Form {
  readonly name: string;
  /** Where it is found, before a hash. */
  readonly view: string;
  /** What is pressed to have it shown, from there. */
  readonly opened: readonly (string | RegExp)[];
  /** Where it stands: a dialog of that name, or the part of a view. */
  readonly dialog?: string | RegExp;
  readonly region?: string;
  readonly fill?: Readonly<Record<string, string>>;
  readonly send: string;
  /** What the daemon is asked. */
  readonly command: string;
  /** Where the tracker has to agree. */
  readonly asksTracker?: boolean;
  /** What is there once it was done, in place of the dialog's going. */
  readonly done?: string | RegExp;
}

const FORMS: readonly Form[] = [
  {
    ...{ name: 'the topic of a channel', view: 'c/general', opened: ['Add a topic'], dialog: 'Topic of #general' },
    ...{ fill: { Topic: 'Bread at seven' }, send: 'Save', command: 'channel.topic' },
  },
  {
    ...{ name: 'a new channel', view: 'channels', opened: ['New channel'], dialog: 'Create a channel' },
    ...{ fill: { Name: 'bakery', 'Topic (optional)': 'Cakes' }, send: 'Create and join', command: 'channel.join' },
  },
  {
    ...{ name: 'leaving a channel', view: 'c/bakery', opened: ['More of this conversation', 'Leave #bakery'] },
    ...{ dialog: 'Leave #bakery?', send: 'Leave', command: 'channel.leave' },
  },
  {
    ...{ name: 'the status', view: 'c/general', opened: [/^You, /, 'Set a status'], dialog: 'Your status' },
    ...{ fill: { "What's your status?": 'Baking' }, send: 'Save', command: 'profile.set' },
  },
  {
    ...{ name: 'the profile', view: 'c/general', opened: [/^You, /, 'Edit profile'], dialog: 'Your profile' },
    ...{ fill: { 'Display name': 'Alice L', 'About you': 'I bake.' }, send: 'Save', command: 'profile.set' },
  },
  {
    ...{ name: 'the name of a device', view: 'settings/devices', opened: [/^Rename the device/], dialog: /^Rename/ },
    ...{ fill: { 'Name of the device': 'the laptop' }, send: 'Save', command: 'devices.rename', asksTracker: true },
  },
  {
    ...{ name: 'a hook', view: 'settings/hooks', opened: [], region: 'New hook', done: 'I have kept it' },
    ...{ fill: { Name: 'CI' }, send: 'Make the hook', command: 'hook.create' },
  },
  {
    ...{ name: 'the end of a hook', view: 'settings/hooks', opened: [], region: 'Webhooks' },
    ...{ send: 'Revoke the hook CI', command: 'hook.revoke', done: 'There is no hook yet.' },
  },
  {
    ...{ name: 'the link of an invite', view: 'settings/connection', opened: ['Invite people'] },
    ...{ dialog: 'Invite people', send: 'Make a link with a code', command: 'invite.make', asksTracker: true },
    done: /^Send this link to the one who is to come along/,
  },
  {
    ...{ name: 'a safety number', view: 'people', opened: [/^About bob/], dialog: 'bob' },
    ...{ send: 'Mark as verified', command: 'trust.verify', done: 'Clear verification' },
  },
  {
    ...{ name: 'a block', view: 'people', opened: [/^About bob/, 'Block'], dialog: 'Block bob?' },
    ...{ send: 'Block', command: 'people.settings' },
  },
  {
    ...{ name: 'words that notify', view: 'settings/notifications', opened: [], region: 'What you are notified of' },
    ...{ fill: { 'Words that notify me': 'bread' }, send: 'Save', command: 'preferences.set' },
  },
  {
    ...{ name: 'a new password', view: 'settings/account', opened: [], region: 'Change password' },
    fill: {
      ...{ 'Current password': PASSWORD, 'New password': PASSWORD },
      'New password again': PASSWORD,
    },
    ...{ send: 'Change password', command: 'account.password', asksTracker: true, done: 'Your password is changed.' },
  },
  {
    ...{ name: 'the end of all sessions', view: 'settings/account', opened: ['Sign out everywhere'] },
    ...{ dialog: 'Sign out everywhere?', send: 'Sign out everywhere', command: 'account.sign_out', asksTracker: true },
  },
];

describe('forms of the window', () => {
  let page: Page;
  let peer: Restartable<PeerReady>;
  let tracker: Restartable<TrackerReady>;
  /** The commands that went out, by name. */
  const asked: string[] = [];
  browserUsers('forms', ['alice', 'bob'], async (users) => {
    ({ page } = users.people.alice);
    peer = users.peers.alice;
    ({ tracker } = users);
    page.on('websocket', (socket) =>
      socket.on('framesent', ({ payload }) => {
        asked.push(String((JSON.parse(String(payload)) as { command?: unknown }).command));
      }),
    );
    await page.setViewportSize({ width: 1280, height: 800 });
    // Of two who come at once either may be the first, and so the admin.
    const act = await adminOf(tracker.ready.url, ['alice', 'bob'], PASSWORD);
    await act('accounts/alice/make-admin');
    await act('settings', { registration: 'invite' });
    await page.reload();
  });

  const twice = (button: Locator): Promise<void> =>
    button.evaluate((element: HTMLElement) => {
      element.click();
      element.click();
    });

  /** `away`: what the window says of that meanwhile. */
  async function gone(daemon: Restartable<unknown>, away: RegExp, form: Locator, send: Locator): Promise<void> {
    await daemon.kill9();
    await page.locator('.sidebar').getByText(away).first().waitFor({ state: 'attached' });
    await twice(send);
    await form.getByRole('alert').filter({ hasText: /\S/ }).first().waitFor();
    expect(await violations(page)).toEqual([]);
    await daemon.start();
    await page.locator('.sidebar').getByText('Tracker connected').first().waitFor({ state: 'attached' });
  }

  test.each(FORMS.map((form) => [form.name, form] as const))(
    'what is sent by %s is kept while nobody takes it, and then done once',
    async (_, { view, opened, dialog, region, fill = {}, send, command, asksTracker = false, done }) => {
      for (const daemon of [tracker, peer]) if (!daemon.running) await daemon.start();
      // Whatever an earlier form has left open is gone.
      await page.goto('about:blank');
      await page.goto(`${peer.ready.ui}#/${view}`);
      for (const name of opened) await page.getByRole('button', { name }).last().click();
      const form =
        dialog === undefined ? page.getByRole('region', { name: region }) : page.getByRole('dialog', { name: dialog });
      const fields = Object.entries(fill).map(
        ([label, text]) => [form.getByLabel(label, { exact: true }), text] as const,
      );
      for (const [field, text] of fields) await field.fill(text);
      const button = form.getByRole('button', { name: send, exact: true });
      // What is there by now was asked of the daemon.
      await button.waitFor();
      const kept = async (): Promise<void> => {
        for (const [field, text] of fields) expect(await field.inputValue()).toBe(text);
      };
      await gone(peer, /^Parley has stopped on this computer/, form, button);
      await kept();
      if (asksTracker) {
        await gone(tracker, /^Chat goes on with people who are here/, form, button);
        await kept();
      }
      asked.length = 0;
      await twice(button);
      if (done === undefined) await (dialog === undefined ? button : form).waitFor({ state: 'detached' });
      else await page.getByText(done).first().waitFor();
      expect(asked.filter((name) => name === command)).toHaveLength(1);
    },
    lasting,
  );
});
