import { html } from './html.js';
import { page, welcomeText, type Site } from './layout.js';

/** What `/` shows without a session, with 401. */
export function welcomePage(site: Site): string {
  return page(site, {
    title: 'Sign in first',
    width: 'narrow',
    main: html`<section class="card">
      <h1>Sign in first</h1>
      ${welcomeText(site)}
      <p>
        This is a Parley tracker: it knows who is online and where their peers can be reached. Your messages stay with
        you and the people you write to.
      </p>
      <p class="actions">
        <a class="button" href="login.html">Sign in</a> <a class="button plain" href="register.html">Register</a>
      </p>
    </section>`,
  });
}
