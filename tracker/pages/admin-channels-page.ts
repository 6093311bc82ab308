/** What admins see of channels: the list of all, and one of them with what can be done to it. */
import type { AdminChannel } from '../../protocol/admin-api.js';
import { adminPage, saidText, type Said } from './admin-layout.js';
import { deed, factsTable, listPage } from './admin-lists.js';
import { fieldState, type Problem } from './form-fields.js';
import { html, type Html, type Site } from './layout.js';

export interface ChannelsPage {
  username: string;
  channels: readonly AdminChannel[];
  more: boolean;
  q: string;
  state: string;
}

const STATES = [
  ['', 'All'],
  ['used', 'In use'],
  ['archived', 'Archived'],
  ['deleted', 'Deleted'],
] as const;

export function channelsPage(site: Site, { username, channels, more, q, state }: ChannelsPage): string {
  const rows = channels.map(
    (channel) =>
      html`<tr>
        <th scope="row">
          <a href="admin-channel.html?name=${channel.name}">#${channel.title}</a>${tags(channel)}
          <span class="topic">${channel.topic}</span>
        </th>
        <td>${channel.members}, ${channel.online} online</td>
        <td>${channel.by ?? 'the tracker'}</td>
      </tr>`,
  );
  return listPage(site, {
    ...{ username, section: 'admin-channels.html', title: 'Channels', id: 'channels', listed: 'Channels' },
    ...{ search: { q, maxLength: 33, state }, states: STATES, heads: ['Name', 'Members', 'Made by'], rows },
    none: 'No channel matches. Change the name or the filter.',
    after: more ? channels.at(-1)?.name : undefined,
    below: html`<p class="hint">
      The tracker reads no messages, so that it cannot say when somebody last wrote in a channel.
    </p>`,
  });
}

export function channelPage(
  site: Site,
  { username, channel, said }: { username: string; channel: AdminChannel; said?: Said | undefined },
): string {
  const { name, title } = channel;
  return adminPage(site, {
    title: `#${title}`,
    section: 'admin-channels.html',
    username,
    main: html`<section class="card" aria-labelledby="channel">
      <h1 id="channel">#${title}${tags(channel)}</h1>
      ${saidText(said)}
      ${factsTable([
        ['Topic', channel.topic === '' ? undefined : channel.topic],
        ['Made by', channel.by],
        ['Since', channel.created.slice(0, 10)],
        ['Members', `${channel.members}, ${channel.online} online`],
        ['Former name', title === name ? undefined : `#${name}`],
      ])}
      ${actions(channel)}
    </section>`,
  });
}

function actions({ name, title, state, permanent }: AdminChannel): Html {
  if (permanent)
    return html`<p class="hint">Everyone is in this channel: it cannot be renamed, archived or deleted.</p>`;
  if (state === 'deleted')
    return html`<p class="hint">
      It was deleted, for good: nobody is in it, and nobody can join. Its name stays taken, so that no other channel
      goes on with its history, which its former members keep on their devices.
    </p>`;
  return html`${renameForm(`admin/channels/${name}/rename`, title)}
    <ul class="deeds">
      ${
        state === 'archived'
          ? deed(
              `admin/channels/${name}/unarchive`,
              'Take from the archive',
              'Its members write there again, and others can join.',
            )
          : deed(
              `admin/channels/${name}/archive`,
              'Archive',
              'Nobody writes there or joins any more. Its members still read it.',
            )
      }
    </ul>
    <details class="after">
      <summary>Delete #${title}</summary>
      <p>
        It leaves all lists, nobody is in it any more, and nobody can join it again. This cannot be undone. What was
        written there lies with its members, on their own devices: they keep it, and the tracker has none of it.
      </p>
      <form method="post" action="admin/channels/${name}/delete">
        <button type="submit" class="plain danger">Delete it for good</button>
      </form>
    </details>`;
}

export const RENAME_FIELDS = { title: 'New name' } as const;

export function renameForm(action: string, title: string, problem?: Problem): Html {
  return html`<form method="post" action="${action}" class="filter after">
      <div class="field">
        <label for="title">${RENAME_FIELDS.title}</label>
        <input
          id="title"
          name="title"
          value="${title}"
          required
          maxlength="32"
          pattern="[a-z0-9_-]+"
          title="Lower-case letters, digits, _ and -"
          autocapitalize="none"
          autocomplete="off"
          spellcheck="false"
          ${fieldState(problem, 'title', 'title-hint')}
        />
      </div>
      <button type="submit" class="plain">Rename</button>
    </form>
    <p class="hint" id="title-hint">
      Lower-case letters, digits, <code>_</code> and <code>-</code>. Links and messages stay; its former name leads here
      too.
    </p>`;
}

function tags({ state }: AdminChannel): Html | undefined {
  return state === 'used' ? undefined : html` <span class="tag">${state}</span>`;
}
