import { useApp } from '../../app/use-app.js';
import { ExaminationView } from '../doctor/examination.js';

/** Looks for what keeps this peer from others, and says it with what to do. */
export function Doctor() {
  const { t } = useApp();
  return (
    <section class="group" aria-labelledby="connection-doctor">
      <h2 id="connection-doctor">{t('connection.doctor_title')}</h2>
      <p class="field-hint">{t('connection.doctor_hint')}</p>
      <ExaminationView start={t('connection.doctor_start')} />
    </section>
  );
}
