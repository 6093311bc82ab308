import type { ComponentChildren } from 'preact';
import { showPerson } from '../../app/trust.js';
import { useApp } from '../../app/use-app.js';
import { BotBadge, GuestBadge } from '../../components/badges.js';
import { Avatar } from '../../components/avatar.js';

interface MessageFrameProps {
  readonly id: string;
  readonly from: string;
  /** What they call themself. */
  readonly name: string;
  /** ISO 8601. */
  readonly time: string;
  readonly first: boolean;
  readonly state?: string;
  /** A program writes in this name. */
  readonly bot?: boolean;
  /** It speaks to the one who reads. */
  readonly mentioned?: boolean;
  /** The composer writes it anew. */
  readonly editing?: boolean;
  /** It holds messages, and is none itself: those within have the focus and what can be done. */
  readonly holds?: boolean;
  readonly children: ComponentChildren;
  /** What stands at the end: how far an own message has come. */
  readonly mark?: ComponentChildren;
  /** That shows unasked; otherwise when the message is pointed at. */
  readonly marked?: boolean;
  readonly actions?: ComponentChildren;
}

/** Author and time on the first of a group; on the others the time alone, when pointed at. The arrows go from one to the next. */
export function MessageFrame(props: MessageFrameProps) {
  const {
    id,
    from,
    name,
    time,
    first,
    state,
    bot = false,
    mentioned = false,
    editing = false,
    holds = false,
    children,
    mark,
    marked = true,
    actions,
  } = props;
  const app = useApp();
  const { formats } = app;
  const stamp = (
    <time class="message-time" dateTime={time} title={formats.full(time)}>
      {formats.time(time)}
    </time>
  );
  return (
    <li
      class={`message${first ? ' message-first' : ''}${mentioned ? ' message-mentioned' : ''}${editing ? ' message-editing' : ''}`}
      {...(holds ? {} : { tabIndex: -1, 'data-message': '' })}
      data-key={id}
      data-state={state}
    >
      <div class="message-side">{first ? <Avatar username={from} /> : stamp}</div>
      <div class="message-body">
        <div class={first ? 'message-head' : 'visually-hidden'}>
          {first ? (
            // By keyboard the menu of the message leads there: a stop at each message would be in the way.
            <button
              type="button"
              class="message-author"
              tabIndex={-1}
              title={`@${from}`}
              onClick={() => showPerson(app, from)}
            >
              <bdi>{name}</bdi>
            </button>
          ) : (
            <span class="message-author">{name}</span>
          )}
          <GuestBadge username={from} />{' '}
          {bot && (
            <>
              <BotBadge />{' '}
            </>
          )}
          {first && stamp}
        </div>
        {children}
      </div>
      <div class={marked ? 'message-mark' : 'message-mark message-mark-quiet'}>{mark}</div>
      {actions}
    </li>
  );
}
