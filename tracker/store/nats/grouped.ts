/** Keys by something that they have in common. */
export class Grouped<Group, Key = string> {
  readonly #groups = new Map<Group, Set<Key>>();

  of(group: Group): ReadonlySet<Key> {
    return this.#groups.get(group) ?? new Set();
  }

  add(group: Group, key: Key): void {
    const found = this.#groups.get(group);
    if (found) found.add(key);
    else this.#groups.set(group, new Set([key]));
  }

  delete(group: Group, key: Key): void {
    const found = this.#groups.get(group);
    found?.delete(key);
    if (found?.size === 0) this.#groups.delete(group);
  }
}
