import { credentialsForm, type FormState } from './credentials-form.js';
import { html } from './html.js';
import { page, welcomeText, type Site } from './layout.js';

export function loginPage(site: Site, state: FormState): string {
  return page(site, {
    title: state.error === undefined ? 'Sign in' : 'Sign in failed',
    width: 'narrow',
    main: html`<section class="card">
      <h1>Sign in</h1>
      ${welcomeText(site)} ${credentialsForm({ action: 'login', button: 'Sign in', ...state })}
      <p class="quiet after">No account yet? <a href="register.html">Register</a></p>
    </section>`,
  });
}
