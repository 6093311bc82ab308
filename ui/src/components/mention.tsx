import { usePersonName } from '../app/people.js';
import { showPerson } from '../app/trust.js';
import { useApp, useDaemon } from '../app/use-app.js';
import { sameName } from '../state/entries.js';
import { formatRoute } from '../state/route.js';
import { channelTitle, namedChannel } from '../state/sidebar.js';

/** `@name` of somebody who is known opens what is known of them; of anybody else it is text. */
export function Mention({ name: written }: { name: string }) {
  const app = useApp();
  const known = useDaemon(({ people, me }) => {
    const key = written.toLowerCase();
    // `constructor` is a name that somebody may have.
    if (sameName(written, me.username)) return me.username;
    return Object.hasOwn(people, key) ? people[key]?.username : undefined;
  });
  const self = useDaemon(({ me }) => me.username);
  const name = usePersonName(known ?? written);
  if (known === undefined) return <>@{written}</>;
  return (
    <a
      class={sameName(known, self) ? 'mention mention-self' : 'mention'}
      href={formatRoute({ view: 'person', username: known })}
      // Its own direction: the mark stays before the name, whatever the message is written in.
      dir="auto"
      title={name === known ? undefined : `@${known}`}
      aria-haspopup="dialog"
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        showPerson(app, known);
      }}
    >
      @{name}
    </a>
  );
}

/** `#name` of a channel that exists is a link to it, and so is the title that an admin gave it. What it is called now is shown. */
export function ChannelMention({ name }: { name: string }) {
  const known = useDaemon(
    ({ channels, conversations }) =>
      Object.hasOwn(channels, name) ||
      Object.hasOwn(conversations, `#${name}`) ||
      namedChannel({ channels }, name) !== undefined,
  );
  const title = useDaemon((daemon) => channelTitle(daemon, name));
  if (!known) return <>#{name}</>;
  return (
    <a
      class="mention"
      dir="ltr"
      href={formatRoute({ view: 'channel', channel: name })}
      title={title === name ? undefined : `#${name}`}
    >
      #{title}
    </a>
  );
}
