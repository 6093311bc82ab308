/** What the lists of admins and the pages of one account or channel have in common: a search, a table with more behind it, facts, and deeds. */
import { adminPage, type AdminSection } from './admin-layout.js';
import { html, type Html, type Site } from './layout.js';

export interface ListPage {
  readonly username: string;
  readonly section: AdminSection;
  readonly title: string;
  /** Of the heading; and what is listed, for the choice among its states. */
  readonly id: string;
  readonly listed: string;
  readonly search: { readonly q: string; readonly maxLength: number; readonly state: string };
  /** Values, and how they are called. */
  readonly states: readonly (readonly [value: string, name: string])[];
  readonly heads: readonly string[];
  readonly rows: readonly Html[];
  /** In place of the table where nothing is found. */
  readonly none: string;
  /** The name after which the next page begins; undefined: this one is the last. */
  readonly after: string | undefined;
  readonly below?: Html | undefined;
}

export function listPage(site: Site, list: ListPage): string {
  const { username, section, title, id, listed, search, states, heads, rows, none, after, below } = list;
  const { q, maxLength, state } = search;
  const options = states.map(
    ([value, name]) => html`<option value="${value}" ${value === state ? html`selected` : undefined}>${name}</option>`,
  );
  const next = after === undefined ? undefined : new URLSearchParams({ q, state, after }).toString();
  return adminPage(site, {
    ...{ title, section, username },
    main: html`<section class="card" aria-labelledby="${id}">
      <h1 id="${id}">${title}</h1>
      <form method="get" action="${section}" class="filter" role="search">
        <div class="field">
          <label for="q">Name</label>
          <input
            id="q"
            name="q"
            type="search"
            value="${q}"
            maxlength="${maxLength}"
            autocapitalize="none"
            spellcheck="false"
          />
        </div>
        <div class="field">
          <label for="state">${listed}</label>
          <select id="state" name="state">
            ${options}
          </select>
        </div>
        <button type="submit" class="plain">Search</button>
      </form>
      ${rows.length === 0 ? html`<p class="quiet">${none}</p>` : table(heads, rows, id)}
      ${next === undefined ? undefined : html`<p class="after"><a class="button plain" href="${section}?${next}" rel="next">More</a></p>`}
      ${below}
    </section>`,
  });
}

/** @param label the id of its heading */
export function table(heads: readonly string[], rows: readonly Html[], label: string): Html {
  const columns = heads.map(
    (head) => html`<th scope="col">${head === '' ? html`<span class="visually-hidden">Action</span>` : head}</th>`,
  );
  return html`<div class="scroll whole" tabindex="0" role="group" aria-labelledby="${label}">
    <table>
      <thead>
        <tr>
          ${columns}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

/** What is known of one; undefined values are left out. */
export function factsTable(facts: readonly (readonly [term: string, value: string | undefined])[]): Html {
  const rows = facts.flatMap(([term, value]) =>
    value === undefined
      ? []
      : html`<tr>
          <th scope="row">${term}</th>
          <td>${value}</td>
        </tr>`,
  );
  return html`<table>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}

/** A button that does something to the one that the page is about, and what that means. */
export function deed(action: string, label: string, what: string, danger = false): Html {
  return html`<li>
    <form method="post" action="${action}">
      <button type="submit" class="plain ${danger ? 'danger' : ''}">${label}</button>
    </form>
    <span class="hint">${what}</span>
  </li>`;
}

/** As `deed`, for what cannot be undone: the button asks, and a second one does it. */
export function askedDeed(
  action: string,
  [label, what]: readonly [label: string, what: string],
  { question, answer }: { readonly question: string; readonly answer: string },
): Html {
  return html`<li>
    <details class="ask">
      <summary class="button plain danger">${label}</summary>
      <p class="hint">${question}</p>
      <form method="post" action="${action}">
        <button type="submit" class="plain danger">${answer}</button>
      </form>
    </details>
    <span class="hint">${what}</span>
  </li>`;
}
