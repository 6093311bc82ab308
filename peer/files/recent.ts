/** A map that keeps the last few that were used. */
export class Recent<Key, Value> {
  private readonly known = new Map<Key, Value>();

  /** @param dropped told of each that goes, whatever the reason */
  constructor(
    private readonly max: number,
    private readonly dropped: (value: Value) => void = () => undefined,
  ) {}

  /** It becomes the last one used. */
  get(key: Key): Value | undefined {
    const value = this.known.get(key);
    if (value === undefined) return undefined;
    this.known.delete(key);
    this.known.set(key, value);
    return value;
  }

  set(key: Key, value: Value): void {
    this.drop(key);
    this.known.set(key, value);
    for (const oldest of this.known.keys()) if (this.known.size > this.max) this.drop(oldest);
  }

  /** @param only where it is this one that is known */
  drop(key: Key, only?: Value): void {
    const value = this.known.get(key);
    if (value === undefined || (only !== undefined && value !== only)) return;
    this.known.delete(key);
    this.dropped(value);
  }

  clear(): void {
    for (const key of [...this.known.keys()]) this.drop(key);
  }
}

/** The same function, which is not asked again for the last few. @param get of what never changes once it is there */
export function remembered<Key, Value>(
  max: number,
  get: (key: Key) => Value | undefined,
): (key: Key) => Value | undefined {
  const recent = new Recent<Key, Value>(max);
  return (key) => {
    const known = recent.get(key);
    if (known !== undefined) return known;
    const value = get(key);
    if (value !== undefined) recent.set(key, value);
    return value;
  };
}
