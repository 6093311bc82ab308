/** Words as people use them: few of them most of the time (Zipf), the same in every run. */

const VOCABULARY = 60_000;
const SYLLABLES = ['ta', 're', 'mo', 'ki', 'lu', 'sa', 'ne', 'po', 'vi', 'da', 'con', 'ter', 'ing', 'al', 'be', 'th'];

/** A generator of numbers from 0 up to 1 (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Picks 0 … `count` - 1, the n-th with a chance in proportion to 1/n. */
export function zipf(count: number, random: () => number): () => number {
  const sums = new Float64Array(count);
  let sum = 0;
  for (let i = 0; i < count; i++) sums[i] = sum += 1 / (i + 1);
  return () => {
    const wanted = random() * sum;
    let [low, high] = [0, count - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

export class Vocabulary {
  private readonly words = Array.from({ length: VOCABULARY }, (_, rank) => spell(rank));
  private readonly pick: () => number;

  constructor(private readonly random: () => number) {
    this.pick = zipf(VOCABULARY, random);
  }

  /** The word that is the `rank`-th most used. */
  word(rank: number): string {
    return this.words[rank] ?? '';
  }

  /** 1 to 24 words, one in twenty with a link. */
  text(): string {
    const words = Array.from({ length: 1 + Math.floor(this.random() * 24) }, () => this.word(this.pick()));
    if (this.random() < 0.05) words.push(`https://wiki.example/${this.word(this.pick())}`);
    return words.join(' ');
  }
}

function spell(rank: number): string {
  let word = '';
  for (let rest = rank + 7; rest > 0; rest = Math.floor(rest / SYLLABLES.length)) {
    word += SYLLABLES[rest % SYLLABLES.length] ?? '';
  }
  return word;
}
