/** Translates the daemon's English texts: its refusals, reasons and notices. */
import type { NoticeView, PersonView } from '../../../protocol/local-api.js';
import { en } from '../text/en/index.js';
import type { TextKey, TextParams, Translate } from '../text/translate.js';

/** The daemon's own sentence, which knows more, where the person reads English; otherwise ours in their language. */
export function daemonText(t: Translate, sentence: string | undefined, key: TextKey, params?: TextParams): string {
  return sentence !== undefined && sentence !== '' && t.language === 'en' ? sentence : t(key, params);
}

/** Why something was refused. Undefined for a code that has no words here. */
export function refusalText(t: Translate, code: string): string | undefined {
  const key = `daemon.${code}`;
  return t.language !== 'en' && isKey(key) ? t(key) : undefined;
}

/** Why somebody is not linked; undefined where there is nothing to tell. */
export function reasonText(t: Translate, person: PersonView): string | undefined {
  const { username, link, presence, reason, pathWhy, disabled } = person;
  if (reason === undefined) return undefined;
  if (disabled === true) return daemonText(t, reason, 'daemon.link_disabled', { username });
  if (link === 'connecting') {
    const keys = [`daemon.path_${pathWhy?.code}`, `daemon.${pathWhy?.code}`];
    return daemonText(t, reason, keys.find(isKey) ?? 'daemon.link_connecting', { address: pathWhy?.address ?? '' });
  }
  return daemonText(t, reason, presence === 'offline' ? 'daemon.link_offline' : 'daemon.link_none');
}

/** How the link to somebody goes; undefined where none stands. */
export function pathText(t: Translate, { link, path, pathWhy }: PersonView): string | undefined {
  if (link !== 'linked' || path === undefined) return undefined;
  const why = `people.path_${pathWhy?.code}`;
  return t(path === 'relayed' && isKey(why) ? why : `people.path_${path}`);
}

/** `self`: the user's own name, whose notices are of their own devices. */
export function noticeText(t: Translate, notice: NoticeView, self: string): string {
  const { code, text, username, device, clockAheadMs } = notice;
  const own = username === undefined || username.toLowerCase() === self.toLowerCase();
  const key = `daemon.${code === 'storage_damaged' ? 'history_mended' : code}`;
  const off = clockAheadMs === undefined ? '' : offBy(t, clockAheadMs);
  // Of the device here nobody is named.
  const ofOwn = [...(username === undefined ? [`${key}_here`] : []), ...(device === undefined ? [] : [`${key}_named`])];
  const found = [...(own ? [...ofOwn, `${key}_own`] : []), off === '' ? key : `${key}_off`].find(isKey);
  // Of a new device the daemon tells the safety number as well, which is to be compared where both can be seen.
  const sentence = code === 'device_added' ? undefined : text;
  return found === undefined
    ? text
    : daemonText(t, sentence, found, { username: username ?? self, off, device: device ?? '' });
}

const UNITS = [
  ['day', 24 * 3600_000],
  ['hour', 3600_000],
  ['minute', 60_000],
] as const;

/** By how much a clock is wrong, in the largest unit of which there are two. */
function offBy(t: Translate, aheadMs: number): string {
  const ms = Math.abs(aheadMs);
  const [unit, unitMs] = UNITS.find(([, of]) => ms >= 2 * of) ?? UNITS[2];
  const format = new Intl.NumberFormat(t.language, { style: 'unit', unit, unitDisplay: 'long' });
  const span = format.format(Math.max(1, Math.round(ms / unitMs)));
  return t(aheadMs < 0 ? 'daemon.clock_behind' : 'daemon.clock_ahead', { span });
}

function isKey(key: string): key is TextKey {
  return Object.hasOwn(en, key);
}
