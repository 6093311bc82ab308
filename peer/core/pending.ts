/** Why an own message has not reached the others yet, and when it will: facts in, a sentence for people out. */
import type { PersonView } from '../../protocol/local-api.js';

/** It lies sealed in their mailbox at the tracker, or found no room there. */
export type MailboxState = 'sealed' | 'full';

export interface DirectFacts {
  readonly kind: 'direct';
  /** The other user, as shown. */
  readonly username: string;
  /** What is known of them; undefined when nothing is. */
  readonly person: Pick<PersonView, 'presence' | 'link' | 'reason' | 'unstarted' | 'disabled'> | undefined;
  /** On how many of their devices the newest own entry is. */
  readonly holding: number;
  readonly devices: number;
  readonly mailbox?: MailboxState | undefined;
}

export interface ChannelFacts {
  readonly kind: 'channel';
  /** With its `#`. */
  readonly channel: string;
  /** Whether there is a link to anybody else in it. */
  readonly linked: boolean;
  readonly mailbox?: MailboxState | undefined;
}

/** @param facts of a conversation whose newest own entry is not delivered. Undefined while it is simply on its way */
export function pendingText(facts: DirectFacts | ChannelFacts): string | undefined {
  return facts.kind === 'channel' ? inChannel(facts) : toUser(facts);
}

function inChannel({ channel, linked, mailbox }: ChannelFacts): string | undefined {
  if (linked) return undefined;
  if (mailbox === 'sealed') {
    return `Nobody in ${channel} is here: it waits sealed in their mailboxes until they are back.`;
  }
  if (mailbox === 'full') {
    return `Nobody in ${channel} is here, and their mailboxes are full: it will be delivered when you are here together.`;
  }
  return `Nobody else in ${channel} can be reached: it will be delivered when anyone in ${channel} is back.`;
}

function toUser({ username, person, holding, devices, mailbox }: DirectFacts): string | undefined {
  if (holding > 0) {
    return person?.link === 'linked' && devices === 1
      ? undefined
      : `On ${holding} of the ${devices} devices of ${username}: it will be delivered when the others are back.`;
  }
  if (person?.link === 'linked') return undefined;
  if (person?.disabled) return person.reason;
  if (mailbox === 'sealed') {
    return `${username} is not here: it waits sealed in the mailbox of ${username} until they are back.`;
  }
  if (mailbox === 'full') {
    return `The mailbox of ${username} is full: it will be delivered when you are here together.`;
  }
  if (person?.link === 'connecting' && person.reason !== undefined) {
    return `${person.reason} It will be delivered as soon as there is a link.`;
  }
  if (person && person.presence !== 'offline' && person.reason !== undefined) return person.reason;
  if (person?.unstarted) {
    return `${username} has not started Parley yet: it waits here, and is delivered once both of you are online.`;
  }
  return `${username} is offline: it will be delivered when they are back.`;
}
