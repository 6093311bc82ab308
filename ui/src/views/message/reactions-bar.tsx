import { useCallback, useRef, useState } from 'preact/hooks';
import type { EntryView, ReactionView } from '../../../../protocol/local-api.js';
import { toggleReaction } from '../../app/message-actions.js';
import { useApp, useDaemon } from '../../app/use-app.js';
import { EmojiPicker } from '../../components/emoji/emoji-picker.js';
import { Icon } from '../../components/icon.js';
import { Sheet } from '../../components/sheet.js';
import { hasReacted } from '../../state/relations.js';
import { closedState } from '../../state/sidebar.js';
import { useNames } from './use-names.js';

interface ReactionsBarProps {
  readonly entry: EntryView;
  /** As they will be once what was asked for is done. */
  readonly reactions: readonly ReactionView[];
}

/** The emoji that were put on a message: each says who did, and a press joins them or takes one's own back. */
export function ReactionsBar({ entry, reactions }: ReactionsBarProps) {
  const app = useApp();
  const { t } = app;
  const { listed } = useNames();
  const self = useDaemon(({ me }) => me.username);
  const isClosed = useDaemon((daemon) => closedState(daemon, entry.conversation) !== undefined);
  return (
    <div class="reactions" role="group" aria-label={t('message.reactions')}>
      {reactions.map(({ emoji, users }) => {
        const own = hasReacted(reactions, emoji, self);
        const title = t('message.reaction', { emoji, count: users.length, names: listed(users) });
        return (
          <button
            key={emoji}
            type="button"
            class="reaction"
            aria-pressed={own}
            aria-label={isClosed ? title : `${title}. ${t(own ? 'message.reaction_take' : 'message.reaction_add')}`}
            title={title}
            disabled={isClosed}
            onClick={() => void toggleReaction(app, entry, emoji)}
          >
            <span class="reaction-emoji">{emoji}</span>
            <span class="reaction-count">{app.formats.number(users.length)}</span>
          </button>
        );
      })}
      {!isClosed && <MoreReactions entry={entry} />}
    </div>
  );
}

function MoreReactions({ entry }: { entry: EntryView }) {
  const app = useApp();
  const label = app.t('message.react');
  const button = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const openBefore = useRef(false);
  const close = useCallback(() => setOpen(false), []);
  return (
    <>
      <button
        ref={button}
        type="button"
        class="reaction reaction-more"
        aria-label={label}
        title={label}
        aria-haspopup="dialog"
        aria-expanded={open}
        // A press closes the popover by itself before the click comes, which must not open it again.
        onPointerDown={() => (openBefore.current = open)}
        onClick={(event) => setOpen(event.detail === 0 ? !open : !openBefore.current)}
      >
        <Icon name="smileAdd" small />
      </button>
      {open && (
        <Sheet anchor={button} label={label} onClose={close}>
          <EmojiPicker
            onPick={(emoji) => {
              close();
              button.current?.focus();
              void toggleReaction(app, entry, emoji);
            }}
          />
        </Sheet>
      )}
    </>
  );
}
