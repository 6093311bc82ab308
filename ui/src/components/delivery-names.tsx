import { useApp } from '../app/use-app.js';
import type { Delivery } from '../state/delivery.js';
import { Avatar } from './avatar.js';

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
