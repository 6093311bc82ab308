import { useMemo, useState } from 'preact/hooks';
import { parseChannelName } from '../../../protocol/ids.js';
import { joinChannel } from '../app/conversations.js';
import { useApp, useDaemon } from '../app/use-app.js';
import { FilterField } from '../components/filter-field.js';
import { formatRoute } from '../state/route.js';
import { allChannels } from '../state/sidebar.js';
import { ChannelRow } from './channel-row.js';
import { PaneHeader } from './pane-header.js';

/** Every channel of the tracker, to open, join or create. */
export function ChannelsView() {
  const app = useApp();
  const { t } = app;
  const daemon = useDaemon((known) => known);
  const channels = useMemo(() => allChannels(daemon), [daemon]);
  const [filter, setFilter] = useState('');
  const wanted = filter.trim().replace(/^#/, '').toLowerCase();
  const shown = channels.filter(({ name, topic }) => name.includes(wanted) || topic.toLowerCase().includes(wanted));
  const creatable = parseChannelName(wanted) !== undefined && !channels.some(({ name }) => name === wanted);
  const submit = (): void => {
    if (creatable || daemon.channels[wanted]?.joined === false) void joinChannel(app, wanted);
    else if (daemon.channels[wanted]) app.navigate(formatRoute({ view: 'channel', channel: wanted }));
  };
  return (
    <div class="page">
      <PaneHeader title={t('channels.title')} />
      <div class="page-body">
        <FilterField label={t('channels.filter')} value={filter} onInput={setFilter} onSubmit={submit} />
        {creatable && (
          <button class="button button-primary" onClick={() => void joinChannel(app, wanted)}>
            {t('channels.create', { name: wanted })}
          </button>
        )}
        {shown.length === 0 && !creatable && (
          <p class="page-note" role="status">
            {t(wanted ? 'channels.none' : 'channels.empty')}
          </p>
        )}
        <ul class="entries" aria-label={t('channels.list')}>
          {shown.map((channel) => (
            <ChannelRow key={channel.name} channel={channel} />
          ))}
        </ul>
      </div>
    </div>
  );
}
