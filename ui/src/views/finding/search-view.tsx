import { useApp } from '../../app/use-app.js';
import { PaneHeader } from '../pane-header.js';

export function SearchView() {
  const { t } = useApp();
  return (
    <div class="page">
      <PaneHeader title={t('finding.search')} />
    </div>
  );
}
