import { useApp, useDaemon } from '../../app/use-app.js';
import { UnreadBadge } from '../../components/badges.js';
import { Icon } from '../../components/icon.js';
import { Face } from '../../components/face.js';
import { BROADCAST } from '../../limits.js';
import { sameName } from '../../state/entries.js';
import { directName } from '../../state/route.js';
import { closedState, conversationTitle } from '../../state/sidebar.js';
import type { Candidate } from './candidates.js';
import { excerptOf, Marked, piecesOf } from './search-result.js';
import type { Hit } from './ranking.js';
import type { Item } from './switcher-items.js';

export function SwitcherOption({ item }: { item: Item }) {
  const { t } = useApp();
  if (item.kind === 'place') return <PlaceOption hit={item.hit} />;
  if (item.kind === 'message') return <MessageOption item={item} />;
  return (
    <>
      <span class="option-icon">
        <Icon name="search" small />
      </span>
      <span class="option-name">{t('finding.switcher_search', { query: item.query })}</span>
    </>
  );
}

function PlaceOption({ hit: { candidate, title, detail } }: { hit: Hit }) {
  const note = useNote(candidate);
  return (
    <>
      <span class="option-icon">
        <PlaceIcon candidate={candidate} />
      </span>
      <span class="option-name">
        <bdi>
          <Marked pieces={piecesOf(candidate.title, title)} />
        </bdi>
        {candidate.detail !== '' && (
          <bdi class="option-detail">
            {' '}
            <Marked pieces={piecesOf(candidate.detail, detail)} />
          </bdi>
        )}
      </span>
      {note !== '' && <span class="option-note">{note}</span>}
      <UnreadBadge count={candidate.unread} mentions={candidate.mentions} />
    </>
  );
}

function PlaceIcon({ candidate: { kind, name, person } }: { candidate: Candidate }) {
  if (person) return <Face person={person} />;
  if (kind === 'command') return <Icon name="next" small />;
  return <span aria-hidden="true">{`#${name}` === BROADCAST ? <Icon name="broadcast" small /> : '#'}</span>;
}

function useNote({ kind, name, person }: Candidate): string {
  const { t } = useApp();
  const closed = useDaemon((daemon) => (kind === 'channel' ? closedState(daemon, `#${name}`) : undefined));
  const self = useDaemon((daemon) => daemon.me.username);
  if (kind === 'joinable') return t('finding.joinable');
  if (kind === 'command') return t('finding.command');
  if (closed !== undefined) return t(`channels.${closed}`);
  if (!person) return '';
  if (sameName(person.username, self)) return t('finding.notes');
  if (person.disabled === true) return t('presence.disabled');
  return person.status?.text ?? '';
}

function MessageOption({ item: { entry, terms } }: { item: Extract<Item, { kind: 'message' }> }) {
  const { formats, now, t } = useApp();
  const place = useDaemon((daemon) =>
    entry.conversation.startsWith('#')
      ? conversationTitle(daemon, entry.conversation)
      : `@${directName(entry.conversation, daemon.me.username)}`,
  );
  return (
    <>
      <span class="option-icon">
        <Icon name="message" small />
      </span>
      <span class="option-name option-message">
        <span class="option-detail">
          {entry.from} · {place} · {formats.ago(entry.time, now())}
        </span>
        <span class="option-excerpt">
          <bdi>
            <Marked pieces={excerptOf(t, entry, terms)} />
          </bdi>
        </span>
      </span>
    </>
  );
}
