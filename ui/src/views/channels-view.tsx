import type { ComponentChild } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { parseChannelName } from '../../../protocol/ids.js';
import { openChannel } from '../app/channels.js';
import { useApp, useDaemon } from '../app/use-app.js';
import { FilterField } from '../components/filter-field.js';
import { Icon } from '../components/icon.js';
import { ChannelRow } from './channel-row.js';
import { tidyChannelName } from './channel/channel-name.js';
import { browsed } from './channel/browse.js';
import { CreateDialog } from './channel/channel-dialogs.js';
import { closedState, namedChannel } from '../state/sidebar.js';
import { PaneHeader } from './pane-header.js';

/** Every channel of the tracker, to open, join, leave or create. */
export function ChannelsView() {
  const app = useApp();
  const { t } = app;
  const daemon = useDaemon((known) => known);
  const [filter, setFilter] = useState('');
  const [creating, setCreating] = useState<string>();
  const { joined, others } = useMemo(() => browsed(daemon, filter), [daemon, filter]);
  const wanted = tidyChannelName(filter);
  const creatable = parseChannelName(wanted) !== undefined && !Object.hasOwn(daemon.channels, wanted);
  // Closed ones that the user is not in are not listed.
  const closed = closedState(daemon, `#${namedChannel(daemon, wanted) ?? wanted}`);
  const none = joined.length === 0 && others.length === 0;
  const submit = (): void => {
    const exact = Object.hasOwn(daemon.channels, wanted) ? daemon.channels[wanted] : undefined;
    const first = exact ?? joined[0] ?? others[0];
    if (creatable && none) setCreating(wanted);
    else if (first) openChannel(app, first.name);
  };
  return (
    <div class="page">
      <PaneHeader title={t('channels.title')}>
        <button
          class="button button-primary button-small"
          aria-haspopup="dialog"
          onClick={() => setCreating(creatable ? wanted : '')}
        >
          <Icon name="plus" small />
          {t('channels.create_new')}
        </button>
      </PaneHeader>
      <div class="page-body">
        <FilterField label={t('channels.filter')} value={filter} onInput={setFilter} onSubmit={submit} />
        {wanted !== '' && creatable && (
          <button class="button" aria-haspopup="dialog" onClick={() => setCreating(wanted)}>
            <Icon name="plus" small />
            {t('channels.create', { name: wanted })}
          </button>
        )}
        {none && !creatable && (
          <p class="page-note" role="status">
            {t(closed ? `channels.${closed}_join` : wanted === '' ? 'channels.empty' : 'channels.none')}
          </p>
        )}
        <Group title={t('channels.joined')}>
          {joined.map((channel) => (
            <ChannelRow key={channel.name} channel={channel} />
          ))}
        </Group>
        <Group title={t('channels.others')}>
          {others.map((channel) => (
            <ChannelRow key={channel.name} channel={channel} />
          ))}
        </Group>
      </div>
      {creating !== undefined && <CreateDialog name={creating} onClose={() => setCreating(undefined)} />}
    </div>
  );
}

function Group({ title, children }: { title: string; children: readonly ComponentChild[] }) {
  const { formats } = useApp();
  if (children.length === 0) return null;
  return (
    <section class="channels-group">
      <h2 class="group-title">
        {title} <span class="group-count">{formats.number(children.length)}</span>
      </h2>
      <ul class="entries" aria-label={title}>
        {children}
      </ul>
    </section>
  );
}
