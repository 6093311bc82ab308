/** Channels: made with a topic, and who is in a conversation. */
import { formatRoute } from '../state/route.js';
import type { App } from './context.js';
import { joinChannel } from './conversations.js';
import { failureText } from './failures.js';
import type { Outcome } from './outcomes.js';

/** Of a topic, in bytes of UTF-8 (SPEC.md section 5). */
export const TOPIC_MAX = 256;
/** What the fields of names and topics hold: beyond what is allowed, so that it can be told how much is too much. */
export const FIELD_MAX = 4 * TOPIC_MAX;

/** Joins, which creates it, and goes there. A topic that is refused is told of; the channel is there all the same. */
export async function createChannel(app: App, channel: string, topic: string): Promise<boolean> {
  if (!(await joinChannel(app, channel))) return false;
  if (topic !== '') await setTopic(app, channel, topic).then((failure) => failure && tell(app, failure));
  return true;
}

/** Answers what to tell when it failed. */
export async function setTopic(app: App, channel: string, topic: string): Promise<string | undefined> {
  try {
    await app.commands.run('channel.topic', { channel, topic });
    return undefined;
  } catch (error) {
    return failureText(app.t, error);
  }
}

/** User names, sorted; `online`: how many users are, where that is not known of all of these. */
export async function membersOf(
  app: App,
  conversation: string,
): Promise<Outcome<{ readonly members: readonly string[]; readonly online?: number }>> {
  try {
    return { value: await app.commands.run('conversation.members', { conversation }) };
  } catch (error) {
    return { problem: failureText(app.t, error) };
  }
}

export function openChannel(app: App, channel: string): void {
  app.navigate(formatRoute({ view: 'channel', channel }));
}

function tell({ store, newId }: App, text: string): void {
  store.dispatch({ type: 'alert', id: newId(), text });
}
