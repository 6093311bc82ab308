// Every view of the UI, and the dialogs and menus over them, as the first of the cast sees them: for the tests that look at
// all of them and for the pictures. Things are found by what they are for, not by their names: the names are in any language.

/** @import { Page } from 'playwright-core' */

/**
 * @typedef {object} Stop
 * @property {string} name
 * @property {string} hash where it is
 * @property {string} shows there when this can be seen
 * @property {(page: Page, phone: boolean) => Promise<void>} [open] what a person does then
 * @property {string} [then] what can be seen after that
 * @property {'wide' | 'phone'} [only]
 */

const MESSAGES = '[data-message]';
const MODAL = 'dialog[open]';
const OVER = ':popover-open';

/** @type {(selector: string) => (page: Page) => Promise<void>} */
const press = (selector) => async (page) => {
  await page.locator(selector).locator('visible=true').first().click();
};
/** @type {(keys: string) => (page: Page) => Promise<void>} */
const type = (keys) => async (page) => {
  await page.locator('[data-main]').focus();
  await page.keyboard.press(keys);
};
/**
 * By the keyboard, since a touch screen has no pointer that hovers: upwards from the newest message, and there the key.
 * @type {(key: string) => (page: Page) => Promise<void>}
 */
const onMessage = (key) => async (page) => {
  await page.locator('[data-timeline]').focus();
  await page.keyboard.press('ArrowUp');
  for (let i = 0; i < 12 && (await page.locator('[data-message]:focus .reactions').count()) === 0; i++) {
    await page.keyboard.press('ArrowUp');
  }
  await page.keyboard.press(key);
};
/** In the header's menu, counted from the end where negative. @type {(index: number) => (page: Page) => Promise<void>} */
const headerMenu = (index) => async (page) => {
  await page.locator('.pane-header button[aria-haspopup="true"]').last().click();
  await page.locator(`${OVER} .menu-item`).nth(index).click();
};

const text = (/** @type {string} */ name) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(name) });

/** @type {readonly Stop[]} */
export const STOPS = [
  { name: 'channel', hash: '#/c/general', shows: MESSAGES },
  { name: 'channel-topic', hash: '#/c/lab', shows: MESSAGES },
  { name: 'channel-broadcast', hash: '#/c/broadcast', shows: '[data-composer]' },
  { name: 'channel-not-joined', hash: '#/c/nowhere', shows: '.empty-title, .empty' },
  { name: 'direct', hash: '#/u/sara', shows: MESSAGES },
  { name: 'notes', hash: '#/u/maria', shows: '.pane-name' },
  {
    name: 'channel-menu',
    hash: '#/c/lab',
    shows: MESSAGES,
    open: (page) => page.locator('.pane-header button[aria-haspopup="true"]').last().click(),
    then: OVER,
  },
  { name: 'topic', hash: '#/c/lab', shows: MESSAGES, open: press('.topic-edit'), then: MODAL, only: 'wide' },
  { name: 'leave', hash: '#/c/lab', shows: MESSAGES, open: headerMenu(-1), then: MODAL },
  { name: 'members', hash: '#/c/general', shows: MESSAGES, open: headerMenu(0), then: '.side-panel' },
  { name: 'pins', hash: '#/c/general', shows: MESSAGES, open: headerMenu(1), then: '.side-panel' },
  { name: 'files', hash: '#/c/general', shows: MESSAGES, open: headerMenu(2), then: '.file-filters' },
  { name: 'notify-rules', hash: '#/c/general', shows: MESSAGES, open: headerMenu(3), then: '.notify-rules' },
  { name: 'about-channel', hash: '#/c/general', shows: MESSAGES, open: headerMenu(4), then: '.panel-about' },
  { name: 'message-menu', hash: '#/c/general', shows: MESSAGES, open: onMessage('.'), then: OVER },
  {
    name: 'message-react',
    hash: '#/c/general',
    shows: MESSAGES,
    open: onMessage('+'),
    then: `${OVER} [role="option"]`,
  },
  { name: 'reply', hash: '#/c/general', shows: MESSAGES, open: onMessage('r'), then: '[data-composer]' },
  {
    name: 'emoji',
    hash: '#/c/general',
    shows: MESSAGES,
    open: press('.composer button[aria-haspopup="dialog"]'),
    then: OVER,
  },
  {
    name: 'tray',
    hash: '#/u/sara',
    shows: MESSAGES,
    open: (page) => page.locator('[data-choose-files]').setInputFiles([text('plan.txt'), text('notes.txt')]),
    then: '.tray-file:nth-child(2)',
  },
  { name: 'formats', hash: '#/u/sara', shows: MESSAGES, open: press('.composer-format'), then: '.format-bar' },
  {
    name: 'mention',
    hash: '#/c/general',
    shows: MESSAGES,
    open: (page) => page.locator('[data-composer]').pressSequentially('@'),
    then: '[role="listbox"]',
  },
  {
    name: 'commands',
    hash: '#/c/general',
    shows: MESSAGES,
    open: (page) => page.locator('[data-composer]').pressSequentially('/'),
    then: '[role="listbox"]',
  },
  {
    name: 'commands-help',
    hash: '#/c/general',
    shows: MESSAGES,
    open: async (page) => {
      await page.locator('[data-composer]').fill('/help');
      await page.locator('.composer-send').click();
    },
    then: MODAL,
  },
  {
    name: 'person',
    hash: '#/c/general',
    shows: MESSAGES,
    open: press('button.message-author'),
    then: `${MODAL} .digits`,
  },
  { name: 'people', hash: '#/people', shows: '.page-body' },
  { name: 'channels', hash: '#/channels', shows: '.entries' },
  {
    name: 'channel-create',
    hash: '#/channels',
    shows: '.entries',
    open: press('.pane-header button[aria-haspopup="dialog"]'),
    then: MODAL,
  },
  { name: 'search', hash: '#/search?q=median', shows: '.search mark' },
  { name: 'search-empty', hash: '#/search', shows: '[data-search]' },
  {
    name: 'switcher',
    hash: '#/c/general',
    shows: MESSAGES,
    open: type('Control+k'),
    then: '.switcher [role="option"]',
  },
  { name: 'shortcuts', hash: '#/c/general', shows: MESSAGES, open: type('?'), then: MODAL },
  { name: 'list', hash: '#/', shows: '.sidebar', only: 'phone' },
  { name: 'own-menu', hash: '#/', shows: '.sidebar', open: press('.own'), then: OVER },
  {
    name: 'own-profile',
    hash: '#/',
    shows: '.sidebar',
    open: async (page) => {
      await press('.own')(page);
      await press('.own-menu-foot button')(page);
    },
    then: MODAL,
  },
  {
    name: 'own-status',
    hash: '#/',
    shows: '.sidebar',
    open: async (page) => {
      await press('.own')(page);
      await press('.own-status-set')(page);
    },
    then: MODAL,
  },
  {
    name: 'invite',
    hash: '#/people',
    shows: '.page-body',
    open: press('.page-body button[aria-haspopup="dialog"]'),
    then: MODAL,
  },
  { name: 'settings', hash: '#/settings', shows: '.settings' },
  ...['appearance', 'notifications', 'privacy', 'files', 'account', 'devices', 'connection', 'about'].map(
    (section) => ({
      name: `settings-${section}`,
      hash: `#/settings/${section}`,
      shows: '.settings .page-body h2',
    }),
  ),
  // A touch screen has no keys, and no section about them.
  { name: 'settings-keyboard', hash: '#/settings/keyboard', shows: '.settings .page-body h2', only: 'wide' },
];

/**
 * Goes there, and stays until everything is drawn.
 * @param {Page} page signed in
 * @param {Stop} stop
 * @param {boolean} phone
 */
export async function visit(page, stop, phone) {
  await leaveOverlays(page);
  // The same hash again would change nothing, and the last stop may have written something.
  await page.evaluate((hash) => {
    if (location.hash !== hash) location.hash = hash;
  }, stop.hash);
  await page.locator(stop.shows).locator('visible=true').first().waitFor();
  if (stop.open) await stop.open(page, phone);
  if (stop.then) await page.locator(stop.then).locator('visible=true').first().waitFor();
}

/** Escape, as often as it takes; and an empty composer. @param {Page} page */
async function leaveOverlays(page) {
  const over = page.locator(`${MODAL}, ${OVER}, .side-panel, .compose-bar`);
  for (let i = 0; i < 4 && (await over.count()) > 0; i++) await page.keyboard.press('Escape');
  const waiting = page.locator('.tray-file [data-remove]');
  while ((await waiting.count()) > 0) await waiting.first().click();
  const composer = page.locator('[data-composer]');
  if ((await composer.count()) > 0) await composer.fill('');
}
