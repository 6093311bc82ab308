import { html } from './html.js';
import { page, welcomeText, type Site } from './layout.js';

/**
 * What an invite opens. Its other half stands behind the `#`, which a browser sends to nobody: the page cannot repeat it, so
 * it says where to find it. `url`: the address of this tracker as the reader called it.
 */
export function joinPage(site: Site, { url }: { url: string }): string {
  return page(site, {
    title: 'You are invited',
    width: 'narrow',
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
    </section>`,
  });
}
