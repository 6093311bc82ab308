/** What happened, as one number: two runs with one seed must agree in it; a person may have it as lines. */
export class Trace {
  private a = 0x811c9dc5;
  private b = 0x1b873593;
  events = 0;

  /** @param tell given the last events as text, when a person asked for them */
  constructor(
    private readonly now: () => number,
    private readonly tell?: (line: string) => void,
  ) {}

  add(kind: string, x = 0, y = 0, z = 0): void {
    this.events++;
    this.mix(kind.charCodeAt(0) | (kind.length << 8));
    this.mix(Math.floor(this.now() * 1000));
    this.mix(x);
    this.mix(y);
    this.mix(z);
    this.tell?.(`${this.now().toFixed(3).padStart(12)} ${kind} ${x} ${y} ${z}`);
  }

  text(text: string): void {
    for (let i = 0; i < text.length; i++) this.mix(text.charCodeAt(i));
  }

  get hash(): string {
    const part = (n: number): string => (n >>> 0).toString(16).padStart(8, '0');
    return part(this.a) + part(this.b);
  }

  private mix(n: number): void {
    this.a = Math.imul(this.a ^ n, 0x01000193);
    this.b = Math.imul(this.b ^ (n >>> 3) ^ (this.a >>> 15), 0x85ebca6b);
    this.a ^= this.b >>> 13;
  }
}
