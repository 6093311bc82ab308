/**
 * What senders made for Slack's incoming webhooks post, as a message: `text`, `username`, and `attachments` as quotes. What it
 * cannot say (colours, buttons, other channels) is left out.
 * @see https://api.slack.com/messaging/webhooks, https://api.slack.com/reference/messaging/attachments
 */
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { ParleyError } from '../../protocol/errors.js';
import { MESSAGE_MAX } from '../../protocol/limits.js';
import { cleanLine, isLine } from '../../protocol/plain-text.js';

const Text = Type.String({ maxLength: 65_536 });
const Value = Type.Union([Text, Type.Number(), Type.Boolean(), Type.Null()]);
const Field = Type.Object({ title: Type.Optional(Value), value: Type.Optional(Value) });
const Attachment = Type.Object({
  fallback: Type.Optional(Value),
  pretext: Type.Optional(Value),
  author_name: Type.Optional(Value),
  title: Type.Optional(Value),
  title_link: Type.Optional(Value),
  text: Type.Optional(Value),
  fields: Type.Optional(Type.Array(Field, { maxItems: 32 })),
  footer: Type.Optional(Value),
});
type Attachment = Static<typeof Attachment>;

const payload = Compile(
  Type.Object({
    text: Type.Optional(Value),
    username: Type.Optional(Value),
    attachments: Type.Optional(Type.Array(Attachment, { maxItems: 20 })),
  }),
);

export interface HookPost {
  readonly message: string;
  /** What the sender calls itself, where that can be read. */
  readonly name: string | undefined;
}

const NAME_MAX = 64;
/** What is longer is cut, as it is there. */
const CUT = ' …';

/** @throws bad_request */
export function readHookPost(body: unknown): HookPost {
  if (!payload.Check(body))
    throw new ParleyError('bad_request', 'A hook takes one JSON object with "text", "username" and "attachments".');
  const { text, username, attachments = [] } = body;
  const parts = [textOf(text), ...attachments.map(quoteOf)].filter((part) => part !== '');
  const message = parts.join('\n\n');
  if (message === '') throw new ParleyError('bad_request', 'The message is empty. Send a "text".');
  // What is cut may leave half of a character: that is taken out again.
  const name = cleanLine(cleanLine(plain(username)).slice(0, NAME_MAX));
  return {
    message: fitting(message),
    name: isLine(name, NAME_MAX) ? name : undefined,
  };
}

/** At most so many bytes of UTF-8, and no part of a character. */
function fitting(message: string): string {
  if (Buffer.byteLength(message) <= MESSAGE_MAX) return message;
  const room = new Uint8Array(MESSAGE_MAX - Buffer.byteLength(CUT));
  return message.slice(0, new TextEncoder().encodeInto(message, room).read) + CUT;
}

function quoteOf(attachment: Attachment): string {
  const { pretext, author_name, title, title_link, text, fields = [], footer, fallback } = attachment;
  const heading = plain(title).trim();
  const link = plain(title_link).trim();
  const lines = [
    plain(author_name).trim(),
    heading === '' ? link : `**${link === '' ? heading : `[${heading}](${link})`}**`,
    textOf(text),
    ...fields.map((field) => [plain(field.title).trim(), textOf(field.value)].filter((part) => part !== '').join(': ')),
    plain(footer).trim(),
  ].filter((line) => line !== '');
  const quoted = (lines.length > 0 ? lines : [textOf(fallback)]).join('\n');
  const quote = quoted === '' ? '' : quoted.replace(/^/gm, '> ');
  return [textOf(pretext), quote].filter((part) => part !== '').join('\n');
}

function plain(value: Static<typeof Value> | undefined): string {
  return value === undefined || value === null ? '' : unescape(String(value)).replaceAll('\0', '').toWellFormed();
}

/** Links and entities of its markup; the rest is close enough to Markdown to be left. */
function textOf(value: Static<typeof Value> | undefined): string {
  if (value === undefined || value === null) return '';
  const text = String(value)
    .replaceAll(/<((?:https?|mailto):[^|<>\s]{1,2048})\|([^<>\n]{1,2048})>/g, '[$2]($1)')
    .replaceAll(/<((?:https?|mailto):[^|<>\s]{1,2048})>/g, '$1')
    .replaceAll(/<!(?:here|channel|everyone)(?:\|[^<>]*)?>/g, '');
  return unescape(text).replaceAll('\0', '').toWellFormed().trim();
}

function unescape(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
