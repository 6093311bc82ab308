import { useEffect, useRef } from 'preact/hooks';
import { useApp } from '../../app/use-app.js';
import type { Item, ItemGroup } from './switcher-items.js';
import { SwitcherOption } from './switcher-option.js';

interface SwitcherListProps {
  readonly id: string;
  readonly groups: readonly ItemGroup[];
  readonly active: string | undefined;
  onActive(key: string): void;
  onGo(item: Item): void;
}

export function optionId(list: string, key: string): string {
  return `${list} ${key}`.replace(/\s/gu, '-');
}

export function SwitcherList({ id, groups, active, onActive, onGo }: SwitcherListProps) {
  const { t } = useApp();
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  return (
    <div ref={list} id={id} class="switcher-list" role="listbox" aria-label={t('finding.switcher_list')}>
      {groups.map(({ title, items }) => (
        <div key={title} role="group" aria-label={t(title)}>
          <div class="switcher-title" aria-hidden="true">
            {t(title)}
          </div>
          {items.map((item) => (
            <div
              key={item.key}
              id={optionId(id, item.key)}
              class="option"
              role="option"
              aria-selected={item.key === active}
              // The field keeps the focus.
              onMouseDown={(event) => event.preventDefault()}
              // Not on entering: the list may have come to stand under a pointer that nobody moved.
              onMouseMove={() => onActive(item.key)}
              onClick={() => onGo(item)}
            >
              <SwitcherOption item={item} />
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}
