/** Looks into the machines for what must stay bounded: for the judge only. */
import type { Machines } from './machines.js';

/** A private part, by its path. Missing ones are a bug of this file: a renamed field must not make a check void. */
function part(of: object, ...path: readonly string[]): unknown {
  let value: unknown = of;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !(name in value)) throw new Error(`bug: no ${path.join('.')}`);
    value = Reflect.get(value, name);
  }
  return value;
}

const size = (value: unknown): number => (value as ReadonlyMap<unknown, unknown>).size;

export interface PendingWork {
  /** Bytes; and those of them that are proven, and only have to be written. */
  readonly backlog: number;
  readonly proven: number;
  readonly posts: number;
  readonly unproven: number;
  readonly wants: number;
}

export function pendingWork({ log, mesh }: Machines): PendingWork {
  const links = part(log, 'inbound', 'links') as ReadonlyMap<
    number,
    { runs: ReadonlyMap<string, { entries: unknown[] }> }
  >;
  let unproven = 0;
  for (const { runs } of links.values()) for (const { entries } of runs.values()) unproven += entries.length;
  return {
    backlog: log.backlog,
    proven: Number(part(log, 'committer', 'backlog')),
    posts: Math.max(size(part(log, 'pending')), Number(part(log, 'committer', 'size'))),
    unproven,
    wants: size(part(mesh, 'sync', 'asking', 'wants', 'lacking')),
  };
}

/** What is kept for links: must go with them. */
export function keptForLinks({ log, mesh }: Machines): number {
  return Math.max(size(part(mesh, 'sync', 'links')), size(part(mesh, 'sessions')), size(part(log, 'inbound', 'links')));
}
