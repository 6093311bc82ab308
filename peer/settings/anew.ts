/** What the settings say of people, once their tracker was set up anew: the same name may be somebody else there. */
import type { Document } from './document.js';
import { NoticeBoard } from './notice-board.js';
import { verificationReset } from './pins.js';
import type { Settings } from './settings.js';
import type { Username } from '../../protocol/ids.js';

/** Of devices of the authority that has ended. */
const OVER =
  /^(ca_changed|device_added|device_revoked|device_revoked_here|account_disabled_here|verification_reset|clock)(:|$)/;

/** For what is to be told before there is a peer. */
export function boardOf(store: Document<Settings>, now = (): number => Date.now()): NoticeBoard {
  return new NoticeBoard({
    store,
    clock: { now },
    events: { notice: () => undefined, removed: () => undefined },
  });
}

/**
 * Pins and comparisons were of devices that are no more: whoever comes is seen for the first time, and whom the user had
 * compared with is to be compared again.
 * @param now milliseconds since 1970
 */
export function forgetPeople(settings: Document<Settings>, now: number): void {
  const board = boardOf(settings, () => now);
  for (const { id } of board.list()) if (OVER.test(id)) board.dismiss(id);
  const verified = Object.keys(settings.data.pins.verified ?? {});
  settings.update(({ pins }) => {
    pins.users = {};
    delete pins.verified;
  });
  for (const user of verified) board.raise(verificationReset(user as Username));
  board.raise({
    id: 'tracker_anew',
    level: 'warning',
    code: 'tracker_anew',
    text:
      'The tracker was set up anew, and this device has begun anew with it. What was written before stays here as it was. ' +
      'Anybody may have taken any name there: compare safety numbers with those who matter to you.',
  });
}

/**
 * Nobody takes any more from the old key what it wrote for them in vain; and to whom it may be sent again, by those names,
 * only the user can say.
 * @param count of such messages
 * @param now milliseconds since 1970
 */
export function tellUnheard(count: number, settings: Document<Settings>, now: number): void {
  if (count === 0) return;
  const what = count === 1 ? 'One message that you wrote' : `${String(count)} messages that you wrote`;
  boardOf(settings, () => now).raise({
    id: 'tracker_anew_unheard',
    level: 'warning',
    code: 'tracker_anew_unheard',
    text:
      `${what} had reached nobody else when this device began anew with its tracker, and may reach nobody now. ` +
      'Look through what you wrote last, and send again what matters, once you know who is who.',
  });
}
