/** How bugs are planted into the machines of a simulation. */
import type { Disk } from './disk.js';
import { startMachines, type Machines, type Surroundings } from './machines.js';
import type { Settings } from './settings.js';
import type { Parts } from './simulation.js';

export interface Mutant {
  readonly name: string;
  readonly parts: Partial<Parts>;
  /** What it takes to notice it. */
  readonly settings?: Partial<Omit<Settings, 'seed'>>;
}

/** Wrong surroundings. */
export const around = (change: (given: Surroundings) => Partial<Surroundings>): Partial<Parts> => ({
  start: (given) => startMachines({ ...given, ...change(given) }),
});

/** Right surroundings, a wrong machine. */
export const within = (change: (machines: Machines, given: Surroundings) => void): Partial<Parts> => ({
  start(given) {
    const machines = startMachines(given);
    change(machines, given);
    return machines;
  },
});

export const diskWith = (disk: Disk, changed: Partial<Disk>): Disk =>
  Object.assign(Object.create(disk) as Disk, changed);

type Method<Given extends readonly unknown[], Result> = (...args: Given) => Result;

/** Replaces a method of a part of a machine; a bug that cannot be planted any more is one of this file. */
export function replace<Given extends readonly unknown[], Result>(
  owner: object,
  path: string,
  make: (original: Method<Given, Result>) => Method<Given, Result>,
): void {
  const names = path.split('.');
  const method = names.pop() ?? '';
  let object = owner;
  for (const name of names) object = Reflect.get(object, name) as object;
  const original = Reflect.get(object, method) as unknown;
  if (typeof original !== 'function') throw new Error(`bug: there is no ${path}`);
  Reflect.set(object, method, make(original.bind(object) as Method<Given, Result>));
}
