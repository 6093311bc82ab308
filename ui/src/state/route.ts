/** The view named by the URL's hash: `#/c/general`, `#/u/bob`, `#/m/<entry id>`, so that back, reload and links work. */
import { directConversation, parseChannelName, parseEntryId, parseUsername } from '../../../protocol/ids.js';

/** The sections of the settings, in the order shown; each is a URL of its own: `#/settings/privacy`. */
export const settingsSections = [
  'appearance',
  'notifications',
  'privacy',
  'files',
  'account',
  'devices',
  'hooks',
  'connection',
  'keyboard',
  'about',
] as const;
export type SettingsSection = (typeof settingsSections)[number];

function isSettingsSection(text: string): text is SettingsSection {
  return settingsSections.some((section) => section === text);
}

export type Route =
  | { readonly view: 'home' }
  /** `entry`: the message that the URL names, once it is known where it stands. */
  | { readonly view: 'channel'; readonly channel: string; readonly entry?: string }
  | { readonly view: 'person'; readonly username: string; readonly entry?: string }
  /** A link to a message, before it is known in which conversation that is. */
  | { readonly view: 'message'; readonly entry: string }
  | { readonly view: 'channels' }
  | { readonly view: 'people' }
  /** Without a section: the list of them, or the first where there is room for both. */
  | { readonly view: 'settings'; readonly section?: SettingsSection }
  /** `query`: as typed; empty before anything was. */
  | { readonly view: 'search'; readonly query: string };

const pages = { channels: true, people: true, settings: true } as const;

function isPage(text: string): text is keyof typeof pages {
  return Object.hasOwn(pages, text);
}

export function parseRoute(hash: string): Route {
  const [path = '', parameters = ''] = hash.replace(/^#/, '').split('?');
  if (path === '/search') return { view: 'search', query: new URLSearchParams(parameters).get('q') ?? '' };
  const [, first = '', second = ''] = path.split('/');
  if (first === 'c' && parseChannelName(second)) return { view: 'channel', channel: second };
  if (first === 'u' && parseUsername(second)) return { view: 'person', username: second };
  if (first === 'm' && parseEntryId(second)) return { view: 'message', entry: second };
  if (first === 'settings' && isSettingsSection(second)) return { view: 'settings', section: second };
  return isPage(first) ? { view: first } : { view: 'home' };
}

export function formatRoute(route: Route): string {
  if (route.view === 'settings' && route.section) return `#/settings/${route.section}`;
  if ('entry' in route && route.entry !== undefined) return `#/m/${route.entry}`;
  if (route.view === 'channel') return `#/c/${route.channel}`;
  if (route.view === 'person') return `#/u/${route.username}`;
  if (route.view === 'search') return `#/search?${new URLSearchParams({ q: route.query }).toString()}`;
  return route.view === 'home' || route.view === 'message' ? '#/' : `#/${route.view}`;
}

/** The conversation that a route shows to `self`, or undefined when it shows none. */
export function routeConversation(route: Route, self: string): string | undefined {
  if (route.view === 'channel') return `#${route.channel}`;
  if (route.view !== 'person') return undefined;
  const own = parseUsername(self);
  const other = parseUsername(route.username);
  return own && other ? directConversation(own, other) : undefined;
}

type ConversationRoute = Extract<Route, { view: 'channel' | 'person' }>;

/** The route to a conversation: of a direct one, by the other party's name as `self` sees it. */
export function conversationRoute(conversation: string, self: string): ConversationRoute {
  if (conversation.startsWith('#')) return { view: 'channel', channel: conversation.slice(1) };
  return { view: 'person', username: directName(conversation, self) };
}

/** The other party of `@a+b`; for notes to oneself, oneself. */
export function directName(conversation: string, self: string): string {
  const [first = '', second = ''] = conversation.slice(1).split('+');
  return first === self.toLowerCase() ? second : first;
}
