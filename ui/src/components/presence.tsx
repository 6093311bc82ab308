import type { PersonView, StatusText } from '../../../protocol/local-api.js';
import type { App } from '../app/context.js';
import { useApp } from '../app/use-app.js';
import { useDaemonAway } from './daemon-away.js';

/** A disc, a crescent, a barred disc, a ring: told apart without colour, and named for screen readers. */
export function PresenceIcon({ person }: { person: PersonView }) {
  const { t } = useApp();
  const isUnknown = useDaemonAway() && isTold(person);
  const presence = isUnknown ? 'offline' : person.presence;
  const text =
    person.disabled === true ? 'presence.disabled' : isUnknown ? 'presence.unknown' : (`presence.${presence}` as const);
  return (
    <>
      <svg class={`presence presence-${presence}`} viewBox="0 0 12 12" aria-hidden="true" focusable="false">
        {presence === 'online' && <circle cx="6" cy="6" r="5" class="presence-fill" />}
        {presence === 'away' && <path d="M8 1.4A5 5 0 1 0 10.9 8 4.5 4.5 0 0 1 8 1.4z" class="presence-fill" />}
        {presence === 'busy' && <path d="M6 1a5 5 0 1 1 0 10A5 5 0 0 1 6 1zM3.5 5v2h5V5z" class="presence-fill" />}
        {presence === 'offline' && <circle cx="6" cy="6" r="4" class="presence-ring" />}
      </svg>
      <span class="visually-hidden">{t(text)}</span>
    </>
  );
}

/** Whether how they are is known by the daemon alone, while it is there. */
function isTold({ link, disabled }: PersonView): boolean {
  return link !== 'self' && disabled !== true;
}

/** Says how a person is, in one line: `now` is the daemon's clock, ms. */
export function usePresenceText(): (person: PersonView, now: number) => string {
  const app = useApp();
  const away = useDaemonAway();
  return (person, now) => (away && isTold(person) ? app.t('presence.unknown') : presenceText(app, person, now));
}

function presenceText({ t, formats }: Pick<App, 't' | 'formats'>, person: PersonView, now: number): string {
  if (person.link === 'self') return t('presence.self');
  if (person.presence !== 'offline') {
    const presence = t(`presence.${person.presence}`);
    return person.link === 'connecting' ? t('presence.connecting', { presence }) : presence;
  }
  if (person.disabled === true) return t('presence.disabled');
  if (person.unstarted === true) return t('presence.unstarted');
  if (!person.lastSeen) return t('presence.offline');
  return `${t('presence.offline')}, ${t('presence.last_seen', { ago: formats.ago(person.lastSeen, now) })}`;
}

interface StatusLineProps {
  readonly status: StatusText;
  /** With its end behind it, which only a pointer finds otherwise. */
  readonly whole?: boolean;
}

/** What somebody says that they are at, in one line. */
export function StatusLine({ status, whole = false }: StatusLineProps) {
  const { t, formats, now } = useApp();
  const { emoji, text, until } = status;
  const end = until === undefined ? undefined : t('people.status_until', { time: formats.until(until, now()) });
  return (
    <span class="status-line" title={whole ? undefined : end}>
      {emoji !== undefined && <span class="status-emoji">{emoji}</span>}
      {text !== undefined && <bdi>{text}</bdi>}
      {whole && end !== undefined && <bdi class="status-until">{end}</bdi>}
    </span>
  );
}

/** The same as plain text; empty for none. */
export function statusText(status: StatusText | undefined): string {
  return [status?.emoji, status?.text].filter((part) => part !== undefined).join(' ');
}
