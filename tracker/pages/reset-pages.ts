/** Choosing a new password with a code that an admin has made. */
import { PASSWORD_MIN } from '../../protocol/limits.js';
import type { ErrorPage } from '../plugins/http-types.js';
import { adminPage, rootOf, typedIn } from './admin-layout.js';
import { fieldState, problemOf, problemText, type Problem } from './form-fields.js';
import { html, page, type Site } from './layout.js';

/** Reads the code from the part of the address that no server is sent, and takes it out of there. */
export const resetScript = `const code = document.getElementById('code');
if (code && location.hash.length > 1) {
  code.value = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, '', location.pathname);
  document.getElementById('password').focus();
}
`;

export interface ResetState {
  problem?: Problem | undefined;
  code?: string | undefined;
}

export function resetPage(site: Site, { problem, code = '' }: ResetState, root = ''): string {
  return page(site, {
    title: problem === undefined ? 'New password' : 'The password was not changed',
    width: 'narrow',
    root,
    script: `${root}reset.js`,
    main: html`<section class="card">
      <h1>Choose a new password</h1>
      <form method="post" action="${root}reset" class="stack">
        ${problemText(problem)}
        <div class="field">
          <label for="code">Code</label>
          <input
            id="code"
            name="code"
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            required
            maxlength="128"
            value="${code}"
            ${fieldState(problem, 'code', 'code-hint')}
          />
          <p class="hint" id="code-hint">The part of the link after #. It works once.</p>
        </div>
        <div class="field">
          <label for="password">New password</label>
          <input
            id="password"
            name="password"
            type="password"
            autocomplete="new-password"
            required
            minlength="${PASSWORD_MIN}"
            ${fieldState(problem, 'password', 'hint')}
          />
          <p class="hint" id="hint">At least ${PASSWORD_MIN} characters. You are signed out everywhere.</p>
        </div>
        <button type="submit">Change the password</button>
      </form>
    </section>`,
  });
}

export function resetErrorPage(site: Site): ErrorPage {
  return (failure, request, field) =>
    resetPage(site, { problem: problemOf(failure, field), code: typedIn(request, 'code') ?? '' }, rootOf(request));
}

/** What an admin hands over. It is the answer to a form, so that no address leads back to it. */
export function resetMadePage(
  site: Site,
  { by, username, link, expires, root }: { by: string; username: string; link: string; expires: number; root: string },
): string {
  return adminPage(site, {
    title: `A new password for ${username}`,
    section: 'admin.html',
    username: by,
    root,
    main: html`<section class="card">
      <h1>A new password for ${username}</h1>
      <p>
        Send this link to ${username}, in a way that nobody else reads. It is shown only now, works once, and is over
        ${dateOf(expires)} (UTC). Until it is used, the present password stays.
      </p>
      <pre class="command" tabindex="0"><code id="reset-link">${link}</code></pre>
      <p class="actions after">
        <a class="button" href="${root}admin-account.html?name=${username}">Back to ${username}</a>
      </p>
    </section>`,
  });
}

function dateOf(time: number): string {
  return new Date(time).toISOString().slice(0, 16).replace('T', ' ');
}
