import type { ComponentChildren } from 'preact';
import { useApp } from '../../app/use-app.js';
import { Avatar } from '../../components/avatar.js';

interface MessageFrameProps {
  readonly id: string;
  readonly from: string;
  /** ISO 8601. */
  readonly time: string;
  readonly first: boolean;
  readonly state?: string;
  readonly children: ComponentChildren;
  /** What stands at the end: how far an own message has come. */
  readonly mark?: ComponentChildren;
}

/** Author and time on the first of a group; on the others the time alone, when pointed at. */
export function MessageFrame({ id, from, time, first, state, children, mark }: MessageFrameProps) {
  const { formats } = useApp();
  const stamp = (
    <time class="message-time" dateTime={time} title={formats.full(time)}>
      {formats.time(time)}
    </time>
  );
  return (
    <li class={first ? 'message message-first' : 'message'} data-key={id} data-state={state}>
      <div class="message-side">{first ? <Avatar name={from} /> : stamp}</div>
      <div class="message-body">
        <div class={first ? 'message-head' : 'visually-hidden'}>
          <span class="message-author">{from}</span> {first && stamp}
        </div>
        {children}
      </div>
      <div class="message-mark">{mark}</div>
    </li>
  );
}
