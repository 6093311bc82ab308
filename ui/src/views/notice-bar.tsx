import type { NoticeView } from '../../../protocol/local-api.js';
import { dismissNotice } from '../app/conversations.js';
import { noticeText } from '../app/daemon-texts.js';
import { showPerson } from '../app/trust.js';
import { useApp, useDaemon } from '../app/use-app.js';
import { Bar, Dismiss } from '../components/bar.js';
import { nextStep } from '../state/trust.js';
import { Quieten } from './person/quieten.js';
import { TrackerAnew } from './tracker-anew.js';

/** What the daemon has to tell, with the next step where there is one to take here. */
export function NoticeBar({ notice }: { notice: NoticeView }) {
  const app = useApp();
  const { t } = app;
  const { id, level } = notice;
  const self = useDaemon((daemon) => daemon.me.username);
  return (
    <Bar
      tone={level}
      icon={level === 'info' ? 'info' : 'alert'}
      label={t(`bars.${level}`)}
      actions={
        <>
          <NextStep notice={notice} />
          <Dismiss onClick={() => void dismissNotice(app, id)} />
        </>
      }
    >
      {noticeText(t, notice, self)}
    </Bar>
  );
}

function NextStep({ notice }: { notice: NoticeView }) {
  const app = useApp();
  const { t } = app;
  const self = useDaemon((daemon) => daemon.me.username);
  const step = nextStep(notice, self);
  if (!step) return null;
  if (step.kind === 'tracker') return <TrackerAnew ca={step.ca} />;
  if (step.kind === 'quieten') return <Quieten notice={notice.id} username={step.username} />;
  if (step.kind === 'own_devices') {
    return (
      <a class="button button-small" href="#/settings/devices">
        {t('devices.title')}
      </a>
    );
  }
  return (
    <button class="button button-small" onClick={() => showPerson(app, step.username)}>
      {t('trust.compare')}
    </button>
  );
}
