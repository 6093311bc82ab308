/** The processes of virtual peers (`crowd-process.ts`), as one. */
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { sum, type Reading } from './figures.js';
import type { Account, Answer, Heard, Order } from './orders.js';

const program = fileURLToPath(new URL('crowd-process.js', import.meta.url));

export class Crowd {
  readonly #members: readonly Member[];
  /** Rejects when one of the processes ends before it is told to leave. */
  readonly failed: Promise<never>;

  constructor(processes: number) {
    this.#members = Array.from({ length: processes }, () => new Member());
    this.failed = Promise.race(this.#members.map(({ failed }) => failed));
    this.failed.catch(() => undefined);
  }

  async prepare(tracker: string, accounts: readonly Account[], whole: boolean): Promise<void> {
    const count = this.#members.length;
    await Promise.all(
      this.#members.map((member, n) =>
        member.order({ do: 'prepare', tracker, whole, accounts: accounts.filter((_, at) => at % count === n) }),
      ),
    );
  }

  async come(withinMs: number): Promise<void> {
    await this.#all({ do: 'come', withinMs });
  }

  async listen(text: string): Promise<void> {
    await this.#all({ do: 'listen', text });
  }

  /** What was counted and timed since the last reading, and how many have heard what they listen for. */
  async read(): Promise<{ readonly reading: Reading; readonly heard: Heard }> {
    const answers = await this.#all({ do: 'read' });
    return {
      reading: sum(answers.map(({ reading }) => reading)),
      heard: {
        count: answers.reduce((count, { heard }) => count + heard.count, 0),
        lastAt: Math.max(...answers.map(({ heard }) => heard.lastAt)),
      },
    };
  }

  async leave(): Promise<void> {
    await this.#all({ do: 'leave' });
  }

  kill(): void {
    for (const member of this.#members) member.kill();
  }

  #all(order: Order): Promise<Answer[]> {
    return Promise.all(this.#members.map((member) => member.order(order)));
  }
}

class Member {
  readonly #child: ChildProcess;
  readonly failed: Promise<never>;
  #answered: ((answer: Answer) => void) | undefined;

  constructor() {
    // Of its own group: a Ctrl-C at the terminal is for the parent, which kills it.
    this.#child = fork(program, [], { detached: true, env: { ...process.env, NODE_OPTIONS: '' } });
    this.#child.on('message', (answer: Answer) => this.#answered?.(answer));
    this.failed = new Promise((_, reject) => {
      this.#child.once('error', reject);
      this.#child.once('exit', (code) => reject(new Error(`A process of virtual peers has ended (${String(code)}).`)));
    });
    this.failed.catch(() => undefined);
  }

  /** One at a time. */
  async order(order: Order): Promise<Answer> {
    const answer = new Promise<Answer>((resolve) => (this.#answered = resolve));
    this.#child.send(order);
    return Promise.race([answer, this.failed]);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
