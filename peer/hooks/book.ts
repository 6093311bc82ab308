/** The webhooks of one user, among their secrets: of what lets somebody in only the hash, of what signs the key itself. */
import { randomBytes } from 'node:crypto';
import { ParleyError } from '../../protocol/errors.js';
import type { ConversationId } from '../../protocol/ids.js';
import type { HookCreated, HookView } from '../../protocol/local-hooks.js';
import type { Hooks, IncomingHook, NewHook } from '../hook-services.js';
import { cleanLine, isLine } from '../../protocol/plain-text.js';
import type { Clock } from '../services.js';
import type { Document } from '../settings/document.js';
import { HOOKS_MAX, sameText, secretHash, type Secrets, type StoredHook } from '../settings/secrets.js';
import { localHost } from './deliver.js';

export type OutgoingHook = StoredHook & { readonly url: string; readonly key: string };

export interface HookBookParts {
  readonly secrets: Pick<Document<Secrets>, 'data' | 'update' | 'flush'>;
  readonly clock: Clock;
  /** Where the order of arrival ends: an outgoing hook begins there. */
  readonly place: () => string;
  /** Whether hooks may reach the network of this machine: not where its user is somebody else's guest. */
  readonly mayBeLocal: boolean;
}

const SECRET_BYTES = 24;
const NAME_MAX = 64;

export class HookBook implements Hooks {
  readonly #parts: HookBookParts;
  readonly #problems = new Map<string, string>();
  #changed: () => void = () => undefined;

  constructor(parts: HookBookParts) {
    this.#parts = parts;
  }

  /** Calls `changed` when there are other outgoing hooks. */
  watch(changed: () => void): void {
    this.#changed = changed;
  }

  list(): HookView[] {
    return this.#stored.map((hook) => this.#view(hook));
  }

  async create(asked: NewHook): Promise<HookCreated> {
    const { direction, conversation, mentions, local } = asked;
    const name = cleanLine(asked.name);
    if (!isLine(name, NAME_MAX)) throw new ParleyError('bad_request', 'A hook needs a name that can be read.');
    if (this.#stored.length >= HOOKS_MAX)
      throw new ParleyError('bad_request', `There are ${HOOKS_MAX} hooks, and no room for more. Revoke one first.`);
    if (local && !this.#parts.mayBeLocal) throw notAtGateway();
    const secret = randomBytes(SECRET_BYTES).toString('base64url');
    const { clock, place, secrets } = this.#parts;
    const about = {
      ...{ id: randomBytes(9).toString('base64url'), name, direction, created: clock.now() },
      ...(conversation === undefined ? {} : { conversation }),
    };
    const hook: StoredHook =
      direction === 'in'
        ? { ...about, hash: secretHash(secret) }
        : {
            ...{ ...about, key: secret, url: checkedUrl(asked, this.#parts.mayBeLocal), after: place() },
            ...(mentions ? { mentions: true as const } : {}),
            ...(local ? { local: true as const } : {}),
          };
    secrets.update((data) => {
      data.hooks = [...(data.hooks ?? []), hook];
    });
    await secrets.flush();
    this.#changed();
    return { hook: this.#view(hook), secret, ...(direction === 'in' ? { path: `/hooks/${secret}` } : {}) };
  }

  async revoke(id: string): Promise<void> {
    if (!this.#stored.some((hook) => hook.id === id)) throw new ParleyError('not_found');
    this.#parts.secrets.update((data) => {
      data.hooks = (data.hooks ?? []).filter((hook) => hook.id !== id);
    });
    this.#problems.delete(id);
    this.#changed();
    await this.#parts.secrets.flush();
  }

  incoming(secret: string): IncomingHook | undefined {
    // Of a gateway each user is asked.
    if (!this.#stored.some(({ hash: known }) => known !== undefined)) return undefined;
    const hash = secretHash(secret);
    let found: IncomingHook | undefined;
    for (const { id, name, conversation, hash: known } of this.#stored)
      if (known !== undefined && sameText(known, hash) && conversation !== undefined)
        found = { id, name, conversation: conversation as ConversationId };
    return found;
  }

  outgoing(): OutgoingHook[] {
    return this.#stored.filter((hook): hook is OutgoingHook => hook.url !== undefined && hook.key !== undefined);
  }

  /** All before this place was delivered. On the disk soon: after a kill some is sent again, and has the same id. */
  moved(id: string, after: string): void {
    this.#parts.secrets.update((data) => {
      for (const hook of data.hooks ?? []) if (hook.id === id) hook.after = after;
    });
  }

  failing(id: string, problem: string | undefined): void {
    if (problem === undefined) this.#problems.delete(id);
    else this.#problems.set(id, problem);
  }

  get #stored(): readonly StoredHook[] {
    return this.#parts.secrets.data.hooks ?? [];
  }

  #view({ id, name, direction, conversation, url, mentions, local, created }: StoredHook): HookView {
    const problem = this.#problems.get(id);
    return {
      ...{ id, name, direction, created: new Date(created).toISOString() },
      ...(conversation === undefined ? {} : { conversation }),
      ...(url === undefined ? {} : { url }),
      ...(mentions ? { mentions } : {}),
      ...(local ? { local } : {}),
      ...(problem === undefined ? {} : { problem }),
    };
  }
}

function notAtGateway(): ParleyError {
  return new ParleyError('forbidden', 'At a gateway, hooks reach no address of its own network. Use a public one.');
}

/** What it would never be delivered to is refused here, where somebody reads why. */
function checkedUrl({ url: text, local }: NewHook, mayBeLocal: boolean): string {
  const url = text !== undefined && URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password)
    throw new ParleyError(
      'bad_request',
      'url must be an address such as https://example.org/hook, without a password.',
    );
  const own = local ? undefined : localHost(url);
  if (own !== undefined && !mayBeLocal) throw notAtGateway();
  if (own !== undefined)
    throw new ParleyError(
      'bad_request',
      `${own} is on this computer or in its own network. Use a public address, or let the hook go there ("local"), if it is meant.`,
    );
  url.hash = '';
  return url.href;
}
