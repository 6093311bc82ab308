import { useMemo } from 'preact/hooks';
import { useApp, useDaemon } from '../../app/use-app.js';
import { partDone, upsOf } from '../../state/transfers.js';
import { useNames } from '../message/use-names.js';
import { Pace } from './file-status.js';

/** So many are told one by one. */
const SHOWN = 4;

/** Whom it goes to just now from here, and how far it is there. */
export function FileUps({ sha256, name }: { sha256: string; name: string }) {
  const { t, formats } = useApp();
  const { nameOf } = useNames();
  const transfers = useDaemon((daemon) => daemon.transfers);
  const ups = useMemo(() => upsOf({ transfers }, sha256), [transfers, sha256]);
  if (ups.length === 0) return null;
  return (
    <ul class="file-ups">
      {ups.slice(0, SHOWN).map((up) => {
        const percent = formats.percent(partDone(up));
        return (
          <li key={up.id} class="file-up">
            <progress
              class="file-bar"
              max={1}
              value={partDone(up)}
              aria-label={t('file.progress_label', { name, percent })}
            />
            <p class="file-words">
              {t('file.sending_to', {
                name: nameOf(up.user ?? ''),
                done: formats.size(up.done),
                size: formats.size(up.size),
              })}
              <Pace transfer={up} />
            </p>
          </li>
        );
      })}
    </ul>
  );
}
