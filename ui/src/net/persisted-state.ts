/**
 * What this browser keeps: drafts, snippets, unsent messages, what is being answered or edited, the theme. Keys name the user, since
 * several daemons may have served this origin. A full or forbidden storage loses only the keeping: nothing here throws.
 */
import type { Composing, ComposingIn } from '../state/composing.js';
import type { OutboxItem } from '../state/model.js';
import type { Snippet } from '../text/snippet.js';
import { parseComposing, parseItem, parseSnippet } from './stored.js';

export type KeyValue = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

export class PersistedState {
  /** `onFull`: something that a person wrote could not be kept. */
  constructor(
    private readonly storage: KeyValue | undefined,
    private readonly onFull: () => void = () => {},
  ) {}

  read(name: string): string | undefined {
    return this.#quietly(() => this.storage?.getItem(`parley.${name}`)) ?? undefined;
  }

  /** An empty value removes. Answers whether it is kept now. */
  write(name: string, value: string): boolean {
    const written = this.#quietly(() => {
      if (value === '') this.storage?.removeItem(`parley.${name}`);
      else this.storage?.setItem(`parley.${name}`, value);
      return true;
    });
    return written === true && this.storage !== undefined;
  }

  drafts(username: string): Record<string, string> {
    return Object.fromEntries(this.#under(`${owner(username)}.draft.`));
  }

  /** `key`: a conversation, or that of an edit (state/drafts.ts). */
  writeDraft(username: string, key: string, text: string): void {
    this.#keep(`${owner(username)}.draft.${key}`, text);
  }

  /** The draft that a key of the storage itself stands for, if it is one of this user. */
  draftKeyOf(username: string, name: string): string | undefined {
    const prefix = `parley.${owner(username)}.draft.`;
    return name.startsWith(prefix) ? name.slice(prefix.length) : undefined;
  }

  composing(username: string): ComposingIn {
    const found = this.#under(`${owner(username)}.composing.`).map(([conversation, json]) => {
      const composing = parseComposing(conversation, json);
      return composing && ([conversation, composing] as const);
    });
    return Object.fromEntries(found.filter((one) => one !== undefined));
  }

  writeComposing(username: string, conversation: string, composing: Composing | undefined): void {
    this.write(`${owner(username)}.composing.${conversation}`, composing ? JSON.stringify(composing) : '');
  }

  snippets(username: string): readonly Snippet[] {
    return this.#under(`${owner(username)}.snippet.`)
      .map(([id, json]) => parseSnippet(id, json))
      .filter((snippet) => snippet !== undefined)
      .sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
  }

  /** The snippet that a key of the storage itself stands for, if it is one of this user; without text where it is gone. */
  snippetOf(username: string, name: string, json: string): Snippet | undefined {
    const prefix = `parley.${owner(username)}.snippet.`;
    if (!name.startsWith(prefix)) return undefined;
    const id = name.slice(prefix.length);
    return json === '' ? { id, conversation: '', text: '', createdAt: 0 } : parseSnippet(id, json);
  }

  writeSnippet(username: string, { id, conversation, text, createdAt }: Snippet): void {
    this.#keep(`${owner(username)}.snippet.${id}`, JSON.stringify({ conversation, text, createdAt }));
  }

  removeSnippet(username: string, id: string): void {
    this.write(`${owner(username)}.snippet.${id}`, '');
  }

  /** Unsent messages in the order written, all to be sent (again). */
  outbox(username: string): readonly OutboxItem[] {
    return this.#under(`${owner(username)}.outbox.`)
      .map(([client, json]) => parseItem(client, json))
      .filter((item) => item !== undefined)
      .sort((a, b) => a.createdAt - b.createdAt || (a.client < b.client ? -1 : 1));
  }

  writeItem(username: string, item: OutboxItem): void {
    const { client, ...kept } = { ...item, phase: undefined, problem: undefined };
    this.#keep(`${owner(username)}.outbox.${client}`, JSON.stringify(kept));
  }

  removeItem(username: string, client: string): void {
    this.write(`${owner(username)}.outbox.${client}`, '');
  }

  #keep(name: string, value: string): void {
    if (!this.write(name, value) && value !== '') this.onFull();
  }

  /** Values under a prefix, by the rest of their names. */
  #under(prefix: string): [string, string][] {
    const found: [string, string][] = [];
    this.#quietly(() => {
      for (let i = 0; i < (this.storage?.length ?? 0); i++) {
        const key = this.storage?.key(i);
        if (key?.startsWith(`parley.${prefix}`)) {
          const rest = key.slice(`parley.${prefix}`.length);
          found.push([rest, this.read(prefix + rest) ?? '']);
        }
      }
    });
    return found;
  }

  #quietly<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch {
      return undefined;
    }
  }
}

function owner(username: string): string {
  return username.toLowerCase();
}
