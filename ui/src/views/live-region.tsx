import { useApp, useDaemon, useSelector } from '../app/use-app.js';
import { BROADCAST } from '../limits.js';

const HEARD_MAX = 300;

/** Reads out new messages and changes of the tracker's state. Broadcasts are read by their banner. */
export function LiveRegion() {
  const { t } = useApp();
  const heard = useSelector((state) => state.heard);
  const tracker = useDaemon((daemon) => daemon.tracker.state);
  let text = '';
  if (heard && heard.conversation !== BROADCAST) {
    const params = { username: heard.from, text: heard.message.slice(0, HEARD_MAX), place: heard.conversation };
    text = t(heard.type === 'chat' ? 'entry.heard_direct' : 'entry.heard', params);
  }
  return (
    <div class="visually-hidden">
      <div aria-live="polite">{text}</div>
      <div aria-live="polite">{t(`tracker.${tracker}`)}</div>
    </div>
  );
}
