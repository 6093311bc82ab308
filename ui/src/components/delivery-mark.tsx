import type { ComponentChildren } from 'preact';
import { useCallback, useRef, useState } from 'preact/hooks';
import { useApp, useDaemon } from '../app/use-app.js';
import { isReadByAll, type Delivery } from '../state/delivery.js';
import { personOf } from '../state/sidebar.js';
import { deliveryText, deliveryTitle } from '../text/delivery.js';
import { Avatar } from './avatar.js';
import { Icon, type IconName } from './icon.js';
import { Popover } from './popover.js';

interface DeliveryMarkProps {
  readonly delivery: Delivery;
  readonly conversation: string;
  /** Shown in words as well: for the newest message. */
  readonly spelled: boolean;
}

/** One tick: durable here. Two: durable with others too. In a filled disc: read. */
const icons: Readonly<Record<Delivery['state'], IconName>> = {
  sent: 'check',
  elsewhere: 'check',
  delivered: 'checks',
  read: 'read',
};

/** How far an own message has come: by shape, in words, and in a channel by name on demand. */
export function DeliveryMark({ delivery, conversation, spelled }: DeliveryMarkProps) {
  const { t, formats, store } = useApp();
  const inChannel = conversation.startsWith('#');
  const others = useDaemon(({ channels }) => (channels[conversation.slice(1)]?.members ?? 0) - 1);
  const byAll = isReadByAll(delivery, inChannel ? others : 1);
  const nameOf = (user: string): string => {
    const { daemon } = store.get();
    return daemon ? personOf(daemon, user).username : user;
  };
  const title = deliveryTitle({ t, formats, nameOf }, delivery, inChannel);
  const content = (
    <>
      <span class={spelled ? 'mark-text' : 'visually-hidden'}>{deliveryText(t, delivery, inChannel, byAll)}</span>
      <Icon name={icons[delivery.state]} small />
    </>
  );
  if (!inChannel || !('to' in delivery) || delivery.to.length === 0) {
    return (
      <span class={`mark mark-${byAll ? 'all' : delivery.state}`} title={title}>
        {content}
      </span>
    );
  }
  return (
    <NamesButton
      state={byAll ? 'all' : delivery.state}
      title={title}
      names={<DeliveryNames delivery={delivery} nameOf={nameOf} />}
    >
      {content}
    </NamesButton>
  );
}

interface NamesButtonProps {
  readonly state: string;
  readonly title: string;
  readonly names: ComponentChildren;
  readonly children: ComponentChildren;
}

function NamesButton({ state, title, names, children }: NamesButtonProps) {
  const { t } = useApp();
  const button = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const openBefore = useRef(false);
  const onClose = useCallback(() => setOpen(false), []);
  return (
    <>
      <button
        ref={button}
        type="button"
        class={`mark mark-button mark-${state}`}
        title={title}
        aria-expanded={open}
        // A press closes the popover by itself before the click comes, which must not open it again.
        onPointerDown={() => (openBefore.current = open)}
        onClick={(event) => setOpen(event.detail === 0 ? !open : !openBefore.current)}
      >
        {children}
      </button>
      {open && (
        <Popover anchor={button} label={t('mark.who')} onClose={onClose}>
          {names}
        </Popover>
      )}
    </>
  );
}

interface DeliveryNamesProps {
  readonly delivery: Extract<Delivery, { to: readonly string[] }>;
  nameOf(user: string): string;
}

/** Who has read a message, and who holds it without having read it. */
export function DeliveryNames({ delivery: { to, readBy }, nameOf }: DeliveryNamesProps) {
  const { t } = useApp();
  const read = new Set(readBy);
  const holding = to.filter((user) => !read.has(user));
  return (
    <>
      {readBy.length > 0 && <Names title={t('mark.who_read', { count: readBy.length })} names={readBy.map(nameOf)} />}
      {holding.length > 0 && (
        <Names title={t('mark.who_holds', { count: holding.length })} names={holding.map(nameOf)} />
      )}
    </>
  );
}

function Names({ title, names }: { title: string; names: readonly string[] }) {
  return (
    <>
      <p class="popover-title">{title}</p>
      <ul class="popover-names">
        {names.map((name) => (
          <li key={name}>
            <Avatar name={name} small />
            {name}
          </li>
        ))}
      </ul>
    </>
  );
}
