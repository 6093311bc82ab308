import { useApp } from '../../app/use-app.js';
import { Logo } from '../../components/logo.js';

export function About() {
  const { t } = useApp();
  return (
    <section class="group" aria-labelledby="about">
      <h2 id="about">{t('settings.about')}</h2>
      <Logo />
      <p>{t('settings.about_what')}</p>
      <dl class="facts">
        <dt>{t('settings.version')}</dt>
        <dd dir="ltr">{__VERSION__}</dd>
        <dt>{t('settings.licence')}</dt>
        <dd>
          <a href="./licences.txt" target="_blank" rel="noopener noreferrer">
            {t('settings.licences')}
          </a>
        </dd>
      </dl>
    </section>
  );
}
