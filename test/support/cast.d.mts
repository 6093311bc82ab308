export const CAST: readonly ['maria', 'jonas', 'felix', 'sara', 'minh'];
export type Name = (typeof CAST)[number];

/** Somebody at their peer without a browser. */
export interface Cast {
  readonly tellers: Readonly<Record<Name, { leave(): void }>>;
  /** Of the entries, by their texts. */
  readonly ids: Readonly<Record<string, string>>;
}

/** `logins`: the one-time links that the peers print. Resolves once everybody has read everything. */
export function populate(logins: Readonly<Record<Name, string>>): Promise<Cast>;
