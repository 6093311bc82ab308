/** What a client may ask for (IRCv3 capability negotiation 302), and what is told in ISUPPORT. */
import { HISTORY_PAGE_MAX, MESSAGE_MAX } from '../../../protocol/limits.js';
import { CHANNEL_MAX, NICK_MAX } from './names.js';
import { LINE_BYTES } from './wire.js';

/** Lines of one message that come in a batch. */
export const MULTILINE_LINES = 256;
export const MONITOR_MAX = 200;
export const TARGETS_MAX = 4;
export const NAME_BYTES = 64;
export const TOPIC_BYTES = 256;
/** Of an away message: what the status of a profile holds. */
export const AWAY_CHARACTERS = 128;

/** Each with its value in `CAP LS 302`. */
export const CAPABILITIES = {
  'account-notify': '',
  'account-tag': '',
  'away-notify': '',
  batch: '',
  'cap-notify': '',
  'draft/chathistory': '',
  'draft/event-playback': '',
  'draft/message-redaction': '',
  'draft/multiline': `max-bytes=${MESSAGE_MAX},max-lines=${MULTILINE_LINES}`,
  'draft/read-marker': '',
  'echo-message': '',
  'extended-join': '',
  'extended-monitor': '',
  'labeled-response': '',
  'message-tags': '',
  'multi-prefix': '',
  sasl: 'PLAIN',
  'server-time': '',
  setname: '',
  'standard-replies': '',
  'userhost-in-names': '',
} as const;
export type Capability = keyof typeof CAPABILITIES;
export const ALL_CAPABILITIES = Object.keys(CAPABILITIES) as Capability[];

export function isCapability(name: string): name is Capability {
  return Object.hasOwn(CAPABILITIES, name);
}

/** Lines of `CAP LS` are filled up to this. */
const CAP_BYTES = 400;

/** The list in as many lines as it needs; values are for those who speak 302. */
export function capabilityLines(names: Iterable<string>, values: boolean): string[] {
  const lines = [''];
  for (const name of names) {
    const value = values && isCapability(name) ? CAPABILITIES[name] : '';
    const word = value === '' ? name : `${name}=${value}`;
    const last = lines.at(-1) ?? '';
    if (last.length + word.length + 1 > CAP_BYTES) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}

/** Whether a client shows answers and reactions by itself, by what it asks for: there is no capability for it, but one of these means a chat window. */
export function asksLikeAChatWindow(caps: ReadonlySet<Capability>): boolean {
  const modern: readonly Capability[] = ['draft/chathistory', 'draft/read-marker', 'draft/message-redaction'];
  return caps.has('message-tags') && modern.some((name) => caps.has(name));
}

const ISUPPORT: readonly string[] = [
  `AWAYLEN=${AWAY_CHARACTERS}`,
  'CASEMAPPING=ascii',
  'CHANLIMIT=#:',
  'CHANMODES=,,,nt',
  `CHANNELLEN=${CHANNEL_MAX}`,
  'CHANTYPES=#',
  `CHATHISTORY=${HISTORY_PAGE_MAX}`,
  'CLIENTTAGDENY=*,-draft/reply,-draft/react,-draft/unreact,-typing',
  'ELIST=MNU',
  `LINELEN=${LINE_BYTES}`,
  'MAXTARGETS=4',
  'MODES=1',
  `MONITOR=${MONITOR_MAX}`,
  'MSGREFTYPES=msgid,timestamp',
  `NAMELEN=${NAME_BYTES}`,
  'NETWORK=Parley',
  `NICKLEN=${NICK_MAX}`,
  'PREFIX=(ov)@+',
  `TARGMAX=JOIN:,PART:,PRIVMSG:${TARGETS_MAX},NOTICE:${TARGETS_MAX},TAGMSG:${TARGETS_MAX},NAMES:1,WHOIS:1,LIST:`,
  `TOPICLEN=${TOPIC_BYTES}`,
  'UTF8ONLY',
  'WHOX',
];

/** At most 13 tokens a line. */
export function isupportLines(): string[][] {
  const lines: string[][] = [];
  for (let at = 0; at < ISUPPORT.length; at += 12) lines.push(ISUPPORT.slice(at, at + 12));
  return lines;
}
