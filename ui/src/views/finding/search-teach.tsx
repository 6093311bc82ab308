import { useApp } from '../../app/use-app.js';
import type { TextKey } from '../../text/translate.js';

/** Where nothing is typed yet: what can be. */
export function SearchTeach() {
  const { t } = useApp();
  const examples: readonly (readonly [string, TextKey])[] = [
    ['from:', 'finding.filter_from'],
    ['in:', 'finding.filter_in'],
    ['has:', 'finding.filter_has'],
    ['before:', 'finding.filter_before'],
    ['after:', 'finding.filter_after'],
    ['on:', 'finding.filter_on'],
    [t('finding.teach_example_phrase'), 'finding.teach_phrase'],
  ];
  return (
    <div class="search-teach">
      <p class="empty-title">{t('finding.teach')}</p>
      <p>{t('finding.teach_words')}</p>
      <dl class="search-examples">
        {examples.map(([example, text]) => (
          <div key={example}>
            <dt dir="auto">
              <code>{example}</code>
            </dt>
            <dd>{t(text)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
