import { useLayoutEffect, useRef } from 'preact/hooks';
import { inOwnTone } from '../../app/composer-emoji.js';
import { useApp } from '../../app/use-app.js';
import { Avatar } from '../../components/avatar.js';
import { DisabledBadge } from '../../components/badges.js';
import { Icon } from '../../components/icon.js';
import { PresenceIcon } from '../../components/presence.js';
import { ClosedTag } from '../channel/channel-badges.js';
import { CommandUsage } from './commands-dialog.js';
import { optionKey, type Option } from './completion.js';
import type { Completion } from './use-completion.js';

interface CompletionListProps {
  readonly id: string;
  readonly shown: Completion | undefined;
  onTake(index: number): void;
}

export function optionId(list: string, index: number): string {
  return `${list}-${index}`;
}

/** Above the text; the focus stays in it. How many there are is said once, not with every letter. */
export function CompletionList({ id, shown, onTake }: CompletionListProps) {
  const { t } = useApp();
  return (
    <>
      {shown && <List id={id} shown={shown} onTake={onTake} />}
      <p class="visually-hidden" role="status">
        {shown && t('composer.complete_count', { count: shown.options.length })}
      </p>
    </>
  );
}

function List({ id, shown, onTake }: CompletionListProps & { readonly shown: Completion }) {
  const { t } = useApp();
  const list = useRef<HTMLDivElement>(null);
  const { query, options, active } = shown;
  const secretly = query.trigger === '@' && query.atStart;
  useLayoutEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  const title = {
    '@': secretly ? t('composer.complete_people_private') : t('composer.complete_people'),
    '#': t('composer.complete_channels'),
    ':': t('composer.complete_emoji'),
    '/': t('commands.title'),
  }[query.trigger];
  return (
    <div class={secretly ? 'completion completion-private' : 'completion'} data-completion>
      <p class="completion-title" aria-hidden="true">
        {secretly && <Icon name="lock" small />} {title}
      </p>
      <div ref={list} id={id} role="listbox" aria-label={title} class="completion-options">
        {options.map((option, index) => (
          <div
            key={optionKey(option)}
            id={optionId(id, index)}
            class="completion-option"
            role="option"
            aria-selected={index === active}
            // The text keeps the focus and the caret.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onTake(index)}
          >
            <OptionText option={option} secretly={secretly} />
          </div>
        ))}
      </div>
      {secretly && <p class="completion-foot">{t('composer.complete_private_hint')}</p>}
    </div>
  );
}

function OptionText({ option, secretly }: { readonly option: Option; readonly secretly: boolean }) {
  const app = useApp();
  const { t } = app;
  if (option.kind === 'command') {
    return (
      <>
        <CommandUsage name={option.name} />
        <span class="completion-more">{t(`commands.what_${option.name}`)}</span>
      </>
    );
  }
  if (option.kind === 'call') {
    return (
      <>
        <Icon name="bell" small />
        <span dir="ltr">{`@${option.name}`}</span>
        <span class="completion-more">{t(`composer.call_${option.name}`)}</span>
      </>
    );
  }
  if (option.kind === 'emoji') {
    return (
      <>
        <span class="completion-emoji">{inOwnTone(app, option.emoji)}</span>
        <span dir="ltr">:{option.code}:</span>
        <span class="completion-more" dir="auto">
          {option.emoji.label}
        </span>
      </>
    );
  }
  if (option.kind === 'channel') {
    return (
      <>
        <span dir="ltr">#{option.channel.title ?? option.channel.name}</span>
        <span class="completion-more" dir="auto">
          {option.channel.topic}
        </span>
        <ClosedTag name={option.channel.name} />
      </>
    );
  }
  const { username, name } = option.person;
  return (
    <>
      <Avatar username={username} small />
      <PresenceIcon person={option.person} />
      <span dir="auto">{name ?? username}</span>
      {name !== undefined && <span class="completion-more" dir="ltr">{`@${username}`}</span>}
      <DisabledBadge person={option.person} />
      <span class="completion-more completion-end">
        {secretly
          ? t('composer.complete_private', { name: name ?? username })
          : option.member && t('composer.complete_member')}
      </span>
    </>
  );
}
