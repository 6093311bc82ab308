import { useCallback, useRef, useState } from 'preact/hooks';
import type { PersonView } from '../../../../protocol/local-api.js';
import { usePerson } from '../../app/people.js';
import { useApp, useDaemon } from '../../app/use-app.js';
import { Face } from '../../components/face.js';
import { GuestBadge } from '../../components/badges.js';
import { useDaemonAway } from '../../components/daemon-away.js';
import { useNow } from '../../components/hooks.js';
import { Icon } from '../../components/icon.js';
import { Popover } from '../../components/popover.js';
import { StatusLine } from '../../components/presence.js';
import { isQuiet } from '../../state/quiet.js';
import { ProfileDialog } from '../person/profile-dialog.js';
import { StatusDialog } from '../person/status-dialog.js';
import { OwnMenu } from './own-menu.js';

/** Oneself, as others see it; opens what one can change of it. */
export function OwnRow() {
  const { t } = useApp();
  const { username } = useDaemon((daemon) => daemon.me);
  const known = usePerson(username) ?? { username, presence: 'online', link: 'self' };
  // Nobody sees one while the daemon is away, and only it knows how the others are.
  const away = useDaemonAway();
  // Nor whose account lets nobody in: others are told at once.
  const { state, code } = useDaemon((daemon) => daemon.tracker);
  const shut = state === 'refused' ? t(`tracker.${code ?? 'account_disabled'}`) : undefined;
  const person: PersonView = away || shut !== undefined ? { ...known, presence: 'offline' } : known;
  const quiet = isQuiet(
    useDaemon((daemon) => daemon.preferences),
    useNow(30_000),
  );
  const [open, setOpen] = useState<'menu' | 'status' | 'profile'>();
  const button = useRef<HTMLButtonElement>(null);
  const close = useCallback(() => setOpen((now) => (now === 'menu' ? undefined : now)), []);
  const label = t('people.menu', { name: person.name ?? username });
  return (
    <>
      <button
        ref={button}
        class="own"
        aria-label={label}
        title={label}
        aria-haspopup="dialog"
        aria-expanded={open === 'menu'}
        onClick={() => setOpen(open === 'menu' ? undefined : 'menu')}
      >
        <Face person={person} size="normal" />
        <span class="own-text">
          <span class="own-name">
            <bdi>{person.name ?? username}</bdi>
            <GuestBadge username={username} />
          </span>
          <span class="own-about">
            {shut ?? (person.status ? <StatusLine status={person.status} /> : t(`presence.${person.presence}`))}
          </span>
        </span>
        {quiet && <Icon name="bellOff" small />}
      </button>
      {open === 'menu' && (
        <Popover anchor={button} label={label} onClose={close}>
          <OwnMenu person={person} onClose={close} onEdit={setOpen} />
        </Popover>
      )}
      {open === 'status' && <StatusDialog status={person.status} onClose={() => setOpen(undefined)} />}
      {open === 'profile' && <ProfileDialog onClose={() => setOpen(undefined)} />}
    </>
  );
}
