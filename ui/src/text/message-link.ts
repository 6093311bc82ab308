/** Links to messages, as "Copy link to the message" makes them: `http://localhost:9102/#/m/<entry id>`. */
import { parseEntryId, type EntryId } from '../../../protocol/ids.js';

/** Names of the reader's own machine. Each peer has its own port there, so whose address it was says nothing. */
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

export interface LinkedMessage {
  readonly entry: EntryId;
  /** Made by this window, or by one like it on the writer's machine: it can mean nothing but a message. */
  readonly sure: boolean;
}

/** What the link names, where it has the form of a link to a message. `origin`: of this window. */
export function linkedMessage(href: string, origin: string): LinkedMessage | undefined {
  if (!URL.canParse(href)) return undefined;
  const url = new URL(href);
  if (!/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.search !== '') return undefined;
  const entry = url.hash.startsWith('#/m/') ? parseEntryId(url.hash.slice('#/m/'.length)) : undefined;
  return entry && { entry, sure: url.origin === origin || LOOPBACK.test(url.hostname) };
}
