/** Simulated time: what is due next, by time, then by the order in which it was asked for. Milliseconds from the start. */
export interface Appointment {
  readonly time: number;
  readonly order: number;
  run: (() => void) | undefined;
}

export class Schedule {
  now = 0;
  private readonly heap: Appointment[] = [];
  private order = 0;
  /** What is due within this moment, after what is under way. */
  private turn: (() => void)[] = [];
  private head = 0;

  after(ms: number, run: () => void): Appointment {
    const appointment = { time: this.now + ms, order: this.order++, run };
    this.push(appointment);
    return appointment;
  }

  soon(run: () => void): void {
    this.turn.push(run);
  }

  cancel(appointment: Appointment | undefined): void {
    if (appointment) appointment.run = undefined;
  }

  get size(): number {
    return this.heap.length + this.turn.length - this.head;
  }

  /** Takes the next thing to do and moves time on to it; undefined when nothing is left, or nothing before `until`. */
  next(until = Infinity): (() => void) | undefined {
    if (this.head < this.turn.length) {
      const run = this.turn[this.head++];
      if (this.head === this.turn.length) {
        this.turn = [];
        this.head = 0;
      }
      return run;
    }
    for (;;) {
      const top = this.heap[0];
      if (!top || top.time > until) return undefined;
      this.pop();
      if (!top.run) continue;
      this.now = top.time;
      const { run } = top;
      top.run = undefined;
      return run;
    }
  }

  private push(added: Appointment): void {
    const { heap } = this;
    let at = heap.length;
    heap.push(added);
    while (at > 0) {
      const up = (at - 1) >> 1;
      const parent = heap[up];
      if (!parent || before(parent, added)) break;
      heap[at] = parent;
      at = up;
    }
    heap[at] = added;
  }

  private pop(): void {
    const { heap } = this;
    const moved = heap.pop();
    if (!moved || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let down = 2 * at + 1;
      let child = heap[down];
      const right = heap[down + 1];
      if (right && child && before(right, child)) {
        child = right;
        down++;
      }
      if (!child || before(moved, child)) break;
      heap[at] = child;
      at = down;
    }
    heap[at] = moved;
  }
}

function before(a: Appointment, b: Appointment): boolean {
  return a.time < b.time || (a.time === b.time && a.order < b.order);
}
