/**
 * What a user says of themself (SPEC.md section 5, kind `profile`): the whole of it in each entry, so that the last one
 * counts alone. Read strictly: a part that does not fit makes the whole mean nothing.
 */
import { ParleyError } from '../../protocol/errors.js';
import type { EntryData } from '../../protocol/entry.js';
import type { CommandArguments, StatusText } from '../../protocol/local-api.js';
import { readPicture, type PictureType } from './picture.js';
import { cleanLine, cleanLines, isEmoji, isLine, isLines } from '../../protocol/plain-text.js';

const NAME_MAX = 64;
const ABOUT_MAX = 512;
const EMOJI_MAX = 64;
const STATUS_MAX = 128;

/** A time as an entry holds it. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

export interface Profile {
  readonly name?: string;
  readonly about?: string;
  readonly status?: StatusText;
  /** A program writes in this name. */
  readonly bot?: true;
  readonly picture?: { readonly mime: PictureType; readonly data: string };
}

/** A profile as an entry holds it; undefined for what is none. Fields that this version does not know are ignored. */
export function readProfile(data: EntryData): Profile | undefined {
  const { name, about, status, picture, bot } = data;
  if (name !== undefined && !isLine(name, NAME_MAX)) return undefined;
  if (about !== undefined && !isLines(about, ABOUT_MAX)) return undefined;
  if (bot !== undefined && bot !== true) return undefined;
  const said = status === undefined ? undefined : readStatus(status);
  if (status !== undefined && !said) return undefined;
  const shown = picture === undefined ? undefined : readShown(picture);
  if (picture !== undefined && !shown) return undefined;
  return {
    ...(name === undefined ? {} : { name }),
    ...(about === undefined ? {} : { about }),
    ...(said ? { status: said } : {}),
    ...(shown ? { picture: shown } : {}),
    ...(bot ? { bot } : {}),
  };
}

/**
 * The present profile with what `change` says: absent stays, empty goes. What others would not take is taken out of texts.
 * @param now ms. A status that is over by then goes
 * @throws bad_request with the next step
 */
export function changedProfile(before: Profile, change: CommandArguments<'profile.set'>, now: number): Profile {
  const name = change.name === undefined ? before.name : cleanLine(change.name);
  const about = change.about === undefined ? before.about : cleanLines(change.about);
  const status = change.status === undefined ? standing(before.status, now) : cleanStatus(change.status, now);
  const picture = change.picture === undefined ? before.picture : newPicture(change.picture);
  const bot = change.bot ?? before.bot ?? false;
  const profile = {
    ...(name ? { name } : {}),
    ...(about ? { about } : {}),
    ...(status ? { status } : {}),
    ...(picture ? { picture } : {}),
    ...(bot ? { bot: true as const } : {}),
  };
  if (!readProfile(profile))
    throw new ParleyError('bad_request', 'A name, a status and a text about you need letters that can be seen.');
  return profile;
}

/** The status unless it is over. `now`: ms. */
export function standing(status: StatusText | undefined, now: number): StatusText | undefined {
  return status?.until !== undefined && Date.parse(status.until) <= now ? undefined : status;
}

function readStatus(value: unknown): StatusText | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { emoji, text, until } = value as Record<string, unknown>;
  if (emoji !== undefined && !isEmoji(emoji, EMOJI_MAX)) return undefined;
  if (text !== undefined && !isLine(text, STATUS_MAX)) return undefined;
  if (emoji === undefined && text === undefined) return undefined;
  if (until !== undefined && !isTime(until)) return undefined;
  return {
    ...(emoji === undefined ? {} : { emoji }),
    ...(text === undefined ? {} : { text }),
    ...(until === undefined ? {} : { until }),
  };
}

function readShown(value: unknown): Profile['picture'] {
  if (typeof value !== 'object' || value === null) return undefined;
  const { mime, data } = value as Record<string, unknown>;
  const picture = readPicture(data);
  return picture && picture.mime === mime && typeof data === 'string' ? { mime: picture.mime, data } : undefined;
}

function isTime(value: unknown): value is string {
  return typeof value === 'string' && TIME.test(value) && Number.isFinite(Date.parse(value));
}

type StatusChange = NonNullable<CommandArguments<'profile.set'>['status']>;

function cleanStatus({ emoji = '', text = '', ...end }: StatusChange, now: number): StatusText | undefined {
  const [picture, words] = [emoji.trim(), cleanLine(text)];
  if (picture !== '' && !isEmoji(picture, EMOJI_MAX))
    throw new ParleyError('bad_request', 'The status takes an emoji beside its text. Choose one, or leave it out.');
  if (picture === '' && words === '') return undefined;
  const until = end.minutes === undefined ? end.until : new Date(now + end.minutes * 60_000).toISOString();
  if (until !== undefined && !(Date.parse(until) > now))
    throw new ParleyError('bad_request', 'A status ends at a time that is still to come. Choose a later one.');
  return {
    ...(picture === '' ? {} : { emoji: picture }),
    ...(words === '' ? {} : { text: words }),
    ...(until === undefined ? {} : { until: new Date(until).toISOString() }),
  };
}

function newPicture(data: string | null): Profile['picture'] {
  if (data === null || data === '') return undefined;
  const picture = readPicture(data);
  if (!picture)
    throw new ParleyError('bad_request', 'A picture is a PNG, JPEG or WebP of at most 12 KiB. Choose a smaller one.');
  return { mime: picture.mime, data };
}
