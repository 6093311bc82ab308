/** What a simulation is given. With the seed it says everything: the same settings, the same run. */
import type { Signatures } from './keys.js';

export interface Settings {
  readonly seed: number;
  /** Devices, hostile ones among them. */
  readonly peers: number;
  /** Posts. */
  readonly entries: number;
  /** How much of the time a peer is down while faults last, 0 to 1. */
  readonly churn: number;
  /** Channels besides `general`; the sizes go from all to one. */
  readonly channels: number;
  /** Part of the posts that are direct messages, 0 to 1. */
  readonly direct: number;
  /** Hostile devices. */
  readonly hostile: number;
  /** Devices that write far more than their rate. */
  readonly flooding: number;
  /** Part of the devices that a router lets nobody in to, 0 to 1. */
  readonly routers: number;
  /** Part of the devices that hide their address: nobody dials them, and they dial nobody. 0 to 1. */
  readonly hidden: number;
  /** Files that are posted; some devices alone take files at all. */
  readonly files: number;
  /** Part of the devices that forget what is old, 0 to 1; weeks pass where it is more than 0. */
  readonly retention: number;
  /** Devices that are put back to an old backup. */
  readonly restored: number;
  /** Simulated minutes with posts and faults. */
  readonly minutes: number;
  /** How many others the tracker names to a peer: 0 for all. */
  readonly sample: number;
  readonly signatures: Signatures;
  /** Freeze entries and messages: nobody changes what all share. */
  readonly freeze: boolean;
}

export const DEFAULTS: Omit<Settings, 'seed'> = {
  peers: 60,
  entries: 2_000,
  churn: 0.2,
  channels: 8,
  direct: 0.25,
  hostile: 3,
  flooding: 3,
  routers: 0.3,
  hidden: 0,
  files: 0,
  retention: 0,
  restored: 2,
  minutes: 2,
  sample: 0,
  signatures: 'cheap',
  freeze: false,
};

/** The command that runs it again. */
export function replayCommand(settings: Settings): string {
  const flags = Object.entries(settings)
    .filter(([name, value]) => name === 'seed' || value !== DEFAULTS[name as keyof typeof DEFAULTS])
    .map(([name, value]) => `--${name} ${String(value)}`);
  return `npm run sim -- ${flags.join(' ')}`;
}
