import type { SafetyNumber } from '../../app/trust.js';
import { usePersonName } from '../../app/people.js';
import { useApp, useDaemon } from '../../app/use-app.js';
import { QrCode } from '../../components/qr-code.js';
import { sameName } from '../../state/entries.js';
import { digitGroups } from '../../text/format.js';

interface SafetyDigitsProps {
  readonly safety: SafetyNumber;
  readonly username: string;
}

/** The digits to read out, the same as a code to scan, and what they are made of. */
export function SafetyDigits({ safety: { number, devices }, username }: SafetyDigitsProps) {
  const { t } = useApp();
  const name = usePersonName(username);
  const self = useDaemon((daemon) => daemon.me.username);
  const own = devices.filter((device) => sameName(device.username, self)).length;
  return (
    <div class="safety-number">
      <QrCode text={number} label={t('trust.code', { username: name })} />
      <div>
        {/* Plain text, so that it is copied as it is read; the style sheet lets three groups stand in a line. In every language from left to right, so that
            both sides read the same order. */}
        <p class="digits" dir="ltr">
          {digitGroups(number).join(' ')}
        </p>
        <p class="field-hint">
          {t('trust.covers', {
            yours: t('trust.yours', { count: own }),
            theirs: t('trust.theirs', { count: devices.length - own, username: name }),
          })}
        </p>
      </div>
    </div>
  );
}
