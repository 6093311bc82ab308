import { useApp } from '../app/use-app.js';

export function Logo() {
  const { t } = useApp();
  return (
    <span class="logo">
      <svg class="logo-mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
        <rect width="32" height="32" rx="8" class="logo-ground" />
        <path
          class="logo-front"
          d="M7 9.5A2.5 2.5 0 0 1 9.5 7h8A2.5 2.5 0 0 1 20 9.5v5a2.5 2.5 0 0 1-2.5 2.5H12l-3.4 2.9A1 1 0 0 1 7 19.1z"
        />
        <path
          class="logo-behind"
          d="M22 12.2h.5a2.5 2.5 0 0 1 2.5 2.5v9.4a1 1 0 0 1-1.6.8L20 22h-5.5a2.5 2.5 0 0 1-2.4-1.9l.7-.6h4.7a5 5 0 0 0 4.5-5z"
        />
      </svg>
      <span class="logo-name">{t('app.name')}</span>
    </span>
  );
}
