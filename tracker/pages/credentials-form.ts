import { html, type Html } from './html.js';

export interface FormState {
  /** Why the last attempt failed. */
  error?: string | undefined;
  /** What was typed. */
  username?: string | undefined;
}

interface FormOptions extends FormState {
  /** Relative, as all addresses of the pages: the tracker may stand under a path of a proxy. */
  action: 'login' | 'register';
  button: string;
  passwordHint?: string;
}

/** Name and password, for signing in and for registering. Works without JavaScript. */
export function credentialsForm({ action, button, passwordHint, error, username = '' }: FormOptions): Html {
  const complete = action === 'login' ? 'current-password' : 'new-password';
  // The field to correct: with an error it is the password, since the name is kept.
  const [focusName, focusPassword] = username === '' ? [html` autofocus`, undefined] : [undefined, html` autofocus`];
  const minimum = action === 'register' ? html` minlength="8"` : undefined;
  return html`<form method="post" action="${action}" class="stack">
    ${error === undefined ? undefined : html`<p class="error" role="alert" id="error">${error}</p>`}
    <div class="field">
      <label for="username">Username</label>
      <input
        id="username"
        name="username"
        autocomplete="username"
        autocapitalize="none"
        spellcheck="false"
        required
        maxlength="32"
        pattern="[A-Za-z0-9_\\-]+"
        title="Letters, digits, _ and -"
        value="${username}"
        ${focusName}
      />
    </div>
    <div class="field">
      <label for="password">Password</label>
      <input
        id="password"
        name="password"
        type="password"
        autocomplete="${complete}"
        required${minimum}
        ${passwordHint === undefined ? undefined : html`aria-describedby="hint"`}${focusPassword}
      />
      ${passwordHint === undefined ? undefined : html`<p class="hint" id="hint">${passwordHint}</p>`}
    </div>
    <button type="submit">${button}</button>
  </form>`;
}
