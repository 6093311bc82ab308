import { useApp } from '../../app/use-app.js';
import { EMOJI_GROUPS, type EmojiGroup } from '../../text/emoji-set.js';

const signs = {
  smileys: '😀',
  people: '👋',
  nature: '🐻',
  food: '🍎',
  travel: '🚗',
  activities: '⚽',
  objects: '💡',
  symbols: '🔣',
  flags: '🏁',
} as const satisfies Record<EmojiGroup, string>;

/** Leads to each part of the list. */
export function EmojiTabs({ recent, onGo }: { readonly recent: boolean; onGo(section: string): void }) {
  const { t } = useApp();
  return (
    <div class="emoji-tabs" role="toolbar" aria-label={t('composer.emoji_groups')}>
      {recent && <Tab sign="🕘" label={t('composer.emoji_recent')} onGo={() => onGo('recent')} />}
      {EMOJI_GROUPS.map((group) => (
        <Tab key={group} sign={signs[group]} label={t(`composer.emoji_${group}`)} onGo={() => onGo(group)} />
      ))}
    </div>
  );
}

function Tab({ sign, label, onGo }: { readonly sign: string; readonly label: string; onGo(): void }) {
  return (
    <button type="button" class="emoji-tab" aria-label={label} title={label} onClick={onGo}>
      <span aria-hidden="true">{sign}</span>
    </button>
  );
}
