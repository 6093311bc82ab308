import { PASSWORD_MIN } from '../../protocol/limits.js';
import { credentialsForm, type FormState } from './credentials-form.js';
import { html } from './html.js';
import { page, welcomeText, type Site } from './layout.js';

export function registerPage(site: Site & { registration: 'open' | 'closed' }, state: FormState): string {
  const form = credentialsForm({
    action: 'register',
    button: 'Make the account',
    passwordHint: `At least ${PASSWORD_MIN} characters. Nobody can reset it for you: keep it safe.`,
    ...state,
  });
  const closed = html`<p>Registration is closed here. Ask whoever runs this tracker for an account.</p>`;
  return page(site, {
    title: state.error === undefined ? 'Register' : 'Registration failed',
    width: 'narrow',
    main: html`<section class="card">
      <h1>Register</h1>
      ${welcomeText(site)} ${site.registration === 'open' ? form : closed}
      <p class="quiet after">Already registered? <a href="login.html">Sign in</a></p>
    </section>`,
  });
}
