/** The pages for people who are not signed in: welcome, sign in, register, invite. */
import { INVITE_MAX, PASSWORD_MIN } from '../../protocol/limits.js';
import type { Registration } from '../settings.js';
import { fieldState, problemText, type Problem } from './form-fields.js';
import { html, page, welcomeText, type Html, type Site } from './layout.js';

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

/** @param said of what was done before */
export function loginPage(site: Site, state: FormState, said?: string): string {
  return page(site, {
    title: state.problem === undefined ? 'Sign in' : 'Sign in failed',
    width: 'narrow',
    main: html`<section class="card">
      <h1>Sign in</h1>
      ${said === undefined ? undefined : html`<p class="notice" role="status">${said}</p>`} ${welcomeText(site)}
      ${credentialsForm({ action: 'login', button: 'Sign in', ...state })}
      <p class="quiet after">No account yet? <a href="register.html">Register</a></p>
    </section>`,
  });
}

/** Reads the code from the part of the address that no server is sent, and takes it out of there. */
export const registerScript = `const invite = document.getElementById('invite');
if (invite && location.hash.length > 1) {
  invite.value = decodeURIComponent(location.hash.slice(1));
  const folded = invite.closest('details');
  if (folded) folded.open = true;
  history.replaceState(null, '', location.pathname);
}
`;

/** Hands the code of an invite link on to the page that makes an account. */
export const joinScript = `const code = location.hash.split('~')[1];
const register = document.getElementById('register');
if (code && register) register.href = 'register.html#' + code;
`;

type Asks = 'needed' | 'welcome' | 'folded';
/** The invite that makes the first admin is taken everywhere. */
const ASKS: Readonly<Record<Registration, Asks | undefined>> = {
  open: 'folded',
  invite: 'needed',
  approval: 'welcome',
  // All of the form is folded away then.
  closed: 'welcome',
};

export function registerPage(site: Site & { registration: Registration }, state: FormState): string {
  const form = credentialsForm({
    action: 'register',
    button: 'Make the account',
    passwordHint: `At least ${PASSWORD_MIN} characters. If you forget it, only an admin can help.`,
    asksInvite: ASKS[site.registration],
    ...state,
  });
  const closed = html`<p>Registration is closed here. Ask whoever runs this tracker for an account.</p>
    ${folded(form, state.problem !== undefined)}`;
  return page(site, {
    title: state.problem === undefined ? 'Register' : 'Registration failed',
    width: 'narrow',
    script: 'register.js',
    main: html`<section class="card">
      <h1>Register</h1>
      ${welcomeText(site)} ${site.registration === 'closed' ? closed : form}
      ${site.registration === 'approval' ? html`<p class="hint">An admin looks at each new account without an invite before it can be used.</p>` : undefined}
      <p class="quiet after">Already registered? <a href="login.html">Sign in</a></p>
    </section>`,
  });
}

/**
 * The page of an invite link. A browser does not send the part after `#`, so that the page cannot show the whole link and
 * says where to find it. `url`: the address of this tracker as the reader sees it.
 */
export function joinPage(site: Site, { url }: { url: string }): string {
  return page(site, {
    title: 'You are invited',
    width: 'middle',
    script: 'join.js',
    main: html`<section class="card">
      <h1>You are invited</h1>
      ${welcomeText(site)}
      <p>
        Somebody wants to chat with you on Parley. It runs on your own computer, so that your messages go straight from
        you to the people you write to.
      </p>
      <h2>1. Get Parley</h2>
      <p>You need Node 20.19 or newer, and a clone of Parley's repository: open a terminal in it.</p>
      <h2>2. Start it with your invite</h2>
      <p>Copy the whole address of this page, up to its last character, and put it into the quotes:</p>
      <pre class="command" tabindex="0"><code>npx parley peer --invite "${url}/join#…"</code></pre>
      <p class="after">
        Parley then prints a link. Open it, choose a name and a password, and you are in. Does Parley run already and
        ask for a tracker? Paste the address of this page there.
      </p>
      <p class="quiet after">
        For a gateway, where others run Parley for you, <a id="register" href="register.html">make an account here</a>.
      </p>
    </section>`,
  });
}

export interface FormState {
  /** Why the last attempt failed. */
  problem?: Problem | undefined;
  /** What was typed. */
  username?: string | undefined;
  invite?: string | undefined;
}

interface FormOptions extends FormState {
  /** Relative, as all addresses of the pages: the tracker may stand under a path of a proxy. */
  action: 'login' | 'register';
  button: string;
  passwordHint?: string;
  asksInvite?: Asks | undefined;
}

/** Name and password, for signing in and for registering. Works without JavaScript. */
export function credentialsForm(options: FormOptions): Html {
  const { action, button, passwordHint, problem, username = '', invite = '', asksInvite } = options;
  const complete = action === 'login' ? 'current-password' : 'new-password';
  // The field to mend; else the first one that is empty, since the name is kept.
  const first = problem?.field === undefined ? (username === '' ? 'username' : 'password') : undefined;
  const focus = (name: string): Html | undefined => (name === first ? html` autofocus` : undefined);
  const minimum = action === 'register' ? html` minlength="8"` : undefined;
  return html`<form method="post" action="${action}" class="stack">
    ${problemText(problem)}
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
        ${fieldState(problem, 'username')}${focus('username')}
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
        ${fieldState(problem, 'password', ...(passwordHint === undefined ? [] : ['hint']))}${focus('password')}
      />
      ${passwordHint === undefined ? undefined : html`<p class="hint" id="hint">${passwordHint}</p>`}
    </div>
    ${asksInvite === 'folded' ? folded(inviteField(invite, problem, false), invite !== '') : undefined}
    ${asksInvite === 'needed' || asksInvite === 'welcome' ? inviteField(invite, problem, asksInvite === 'needed') : undefined}
    <button type="submit">${button}</button>
  </form>`;
}

/** The script opens it for a code in the address. */
function folded(content: Html, isOpen: boolean): Html {
  return html`<details ${isOpen ? html`open` : undefined}>
    <summary>I have an invite code</summary>
    ${content}
  </details>`;
}

function inviteField(invite: string, problem: Problem | undefined, isNeeded: boolean): Html {
  return html`<div class="field">
    <label for="invite">Invite code${isNeeded ? undefined : ' (if you have one)'}</label>
    <input
      id="invite"
      name="invite"
      autocomplete="off"
      autocapitalize="characters"
      spellcheck="false"
      maxlength="${INVITE_MAX}"
      value="${invite}"
      ${fieldState(problem, 'invite', 'invite-hint')}
      ${isNeeded ? html`required` : undefined}
    />
    <p class="hint" id="invite-hint">
      As 7K2M-9QXT-4RDW-B3HV, from your invite link. No code? Ask an admin of this tracker for an invite.
    </p>
  </div>`;
}
