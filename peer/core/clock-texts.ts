/** What people are told of clocks that are wrong: whose, by how much, and what to do next. In English. */
import { CLOCKS_AGREE_MS } from '../../protocol/limits.js';
import type { NewNotice } from '../settings/pins.js';
import type { Judgement } from './clocks.js';

/** The notice of our own and the tracker's clock. */
export const CLOCK_NOTICE = 'clock';
/** People are told of the clocks of so many others at once. */
export const PEERS_TOLD = 3;
const SET_IT = 'on Linux "timedatectl set-ntp true" does that, elsewhere the settings of date and time do';

export function clockNotice({ whose, aheadMs, witnesses }: Judgement): NewNotice | undefined {
  const common = { id: CLOCK_NOTICE, level: 'warning', clockAheadMs: rounded(aheadMs) } as const;
  const off = offBy(aheadMs);
  switch (whose) {
    case 'none':
      return undefined;
    case 'own': {
      const others = witnesses.length === 0 ? "The tracker's" : `The clocks of the tracker and of ${some(witnesses)}`;
      const text =
        `The clock of this machine is ${off}. ${others} show another time. Set yours right (${SET_IT}): until then what ` +
        'you write stands in the wrong place, and links may be refused.';
      return { ...common, code: 'clock_wrong', text };
    }
    case 'tracker': {
      const others = witnesses.length === 0 ? '' : ` Yours agrees with that of ${some(witnesses)}.`;
      const text =
        `The tracker's clock is ${off}.${others} Ask whoever runs the tracker to set it; what depends on it then mends by ` +
        'itself, and there is nothing to do here.';
      return { ...common, code: 'tracker_clock_wrong', text };
    }
    case 'differ': {
      const text =
        `The tracker's clock is ${off} when compared with yours, and nobody is linked who could say which of the two is wrong. Compare ` +
        `yours with another one, such as a phone's. If yours is wrong, set it (${SET_IT}); if not, tell whoever runs the tracker.`;
      return { ...common, code: 'clocks_differ', text };
    }
  }
}

export function peerClockNotice({ username, aheadMs, certain }: Judgement['peers'][number]): NewNotice {
  const text = certain
    ? `The clock of ${username} is ${offBy(aheadMs)}: other clocks agree with yours. Tell ${username} to set it; what they ` +
      'write may stand in the wrong place until then. There is nothing to do here.'
    : `The clock of ${username} is ${offBy(aheadMs)} when compared with yours, and it cannot be told from here which of the two is wrong. ` +
      `Compare yours with another one, such as a phone's, and set the one that is wrong.`;
  const code = certain ? 'peer_clock_wrong' : 'peer_clock_differs';
  return { id: `clock:${username.toLowerCase()}`, level: 'info', code, username, clockAheadMs: rounded(aheadMs), text };
}

function some(names: readonly string[]): string {
  const told = names.slice(0, 2).join(' and ');
  return names.length > 2 ? `${told} and others` : told;
}

function offBy(aheadMs: number): string {
  return `${duration(Math.abs(aheadMs))} ${aheadMs < 0 ? 'behind' : 'ahead'}`;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The unit in which a span is told; below two of one the next smaller one. */
function unitOf(ms: number): { readonly name: string; readonly ms: number } {
  if (ms < 2 * HOUR) return { name: 'minute', ms: MINUTE };
  return ms < 2 * DAY ? { name: 'hour', ms: HOUR } : { name: 'day', ms: DAY };
}

/** So that a notice does not change with every answer. */
function rounded(aheadMs: number): number {
  const { ms } = unitOf(Math.abs(aheadMs));
  return Math.sign(aheadMs) * Math.max(CLOCKS_AGREE_MS, Math.round(Math.abs(aheadMs) / ms) * ms);
}

function duration(ms: number): string {
  const unit = unitOf(ms);
  const count = Math.max(1, Math.round(ms / unit.ms));
  return `${count} ${unit.name}${count === 1 ? '' : 's'}`;
}
