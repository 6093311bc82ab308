import { useState } from 'preact/hooks';
import { useApp, useDaemon, useSelector } from '../../app/use-app.js';
import { VerifiedBadge } from '../../components/badges.js';
import { Dialog } from '../../components/dialog.js';
import { personOf } from '../../state/sidebar.js';
import { BlockDialog } from './block-dialog.js';
import { PersonActions } from './person-actions.js';
import { PersonCard } from './person-card.js';
import { ProfileDialog } from './profile-dialog.js';
import { SafetySection } from './safety-section.js';

/** The panel of the person whom somebody wants to know more of, over any view. */
export function PersonDialog() {
  const username = useSelector((state) => state.personShown);
  return username === undefined ? null : <Panel key={username.toLowerCase()} username={username} />;
}

function Panel({ username }: { username: string }) {
  const { store } = useApp();
  const person = useDaemon((daemon) => daemon.people[username.toLowerCase()]);
  const daemon = useDaemon((known) => (person ? undefined : known));
  const shown = person ?? (daemon && personOf(daemon, username));
  const [over, setOver] = useState<'profile' | 'block'>();
  if (!shown) return null;
  const close = (): void => store.dispatch({ type: 'person/hide' });
  return (
    <Dialog
      panel
      title={shown.name ?? shown.username}
      badge={shown.verified === true && <VerifiedBadge />}
      onClose={close}
    >
      <PersonCard person={shown} />
      <PersonActions person={shown} onClose={close} onAsk={setOver} />
      {shown.link !== 'self' && <SafetySection person={shown} />}
      {over === 'profile' && <ProfileDialog onClose={() => setOver(undefined)} />}
      {over === 'block' && <BlockDialog person={shown} onClose={() => setOver(undefined)} />}
    </Dialog>
  );
}
