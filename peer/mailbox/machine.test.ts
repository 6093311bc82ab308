import { describe, expect, test } from '@jest/globals';
import type { ConversationId, DeviceId } from '../../protocol/ids.js';
import { MAILBOX_LIFE_MS } from '../../protocol/limits.js';
import {
  ALONE_MS,
  BATCH_MS,
  initialState,
  isIdle,
  REPLY_MS,
  step,
  type Effect,
  type Input,
  type State,
} from './machine.js';

const bob = '@alice+bob' as ConversationId;
const general = '#general' as ConversationId;
const device = 'D'.repeat(22) as DeviceId;

/** The machine and a clock that is moved by hand. */
class Driver {
  state: State = initialState;
  now = 1_000_000;

  /** What it wants done now; `wake` aside. */
  feed(input: Input): Effect[] {
    const { state, effects } = step(this.state, input, this.now);
    this.state = state;
    this.wakes = effects.flatMap((effect) => (effect.do === 'wake' ? [effect.at] : []));
    return effects.filter((effect) => effect.do !== 'wake');
  }

  wakes: number[] = [];

  after(ms: number): Effect[] {
    this.now += ms;
    return this.feed({ type: 'tick' });
  }

  wrote(last: number, acked = 0, conversation = bob): Effect[] {
    return this.feed({ type: 'log', conversation, last, acked });
  }

  static connected(): Driver {
    const driver = new Driver();
    driver.feed({ type: 'tracker', up: true });
    return driver;
  }
}

describe('own entries that nobody else holds', () => {
  test('are mailed when no link came for some seconds, together', () => {
    const driver = Driver.connected();
    expect(driver.wrote(1)).toEqual([]);
    expect(driver.wakes).toEqual([driver.now + ALONE_MS]);
    expect(driver.after(ALONE_MS - 1)).toEqual([]);
    expect(driver.wrote(3)).toEqual([]);
    expect(driver.after(BATCH_MS - 1)).toEqual([]);
    expect(driver.after(1)).toEqual([{ do: 'mail', conversation: bob, acked: 0, to: 3 }]);
    // Once: what is under way is not begun again.
    expect(driver.after(60_000)).toEqual([]);
    expect(driver.feed({ type: 'mailed', conversation: bob, upTo: 3, at: driver.now })).toEqual([]);
    expect(driver.after(3600_000)).toEqual([]);
    expect(driver.wrote(4)).toEqual([]);
    expect(driver.after(BATCH_MS)).toEqual([{ do: 'mail', conversation: bob, acked: 0, to: 4 }]);
  });

  test('are not mailed when a link or a receipt comes first', () => {
    const driver = Driver.connected();
    driver.wrote(1);
    driver.feed({ type: 'reached', conversations: [bob], devices: [] });
    expect(driver.after(3600_000)).toEqual([]);
    driver.wrote(2);
    driver.wrote(2, 2);
    expect(driver.after(3600_000)).toEqual([]);
    expect(driver.state.waiting.size).toBe(0);
    expect(driver.wakes).toEqual([]);
  });

  test('wait for the tracker, one conversation at a time', () => {
    const driver = new Driver();
    driver.wrote(1);
    driver.wrote(7, 3, general);
    expect(driver.after(3600_000)).toEqual([]);
    expect(driver.feed({ type: 'tracker', up: true })).toHaveLength(1);
    expect(driver.feed({ type: 'mailed', conversation: bob, upTo: 1, at: driver.now })).toEqual([
      { do: 'mail', conversation: general, acked: 3, to: 7 },
    ]);
  });

  test('of which only a part could be mailed go on at once', () => {
    const driver = Driver.connected();
    driver.wrote(100);
    driver.after(ALONE_MS);
    expect(driver.feed({ type: 'mailed', conversation: bob, upTo: 40, at: driver.now })).toEqual([
      { do: 'mail', conversation: bob, acked: 0, to: 100 },
    ]);
  });

  test('are tried again later and later, at once when the tracker is back, no sooner than it says', () => {
    const driver = Driver.connected();
    driver.wrote(1);
    driver.after(ALONE_MS);
    const waits: number[] = [];
    for (let i = 0; i < 12; i++) {
      driver.feed({ type: 'failed', conversation: bob, trouble: 'unreachable' });
      waits.push((driver.wakes[0] ?? 0) - driver.now);
      expect(driver.after(waits.at(-1) ?? 0)).toHaveLength(1);
    }
    expect(waits.slice(0, 3)).toEqual([2_000, 4_000, 8_000]);
    expect(Math.max(...waits)).toBe(300_000);
    driver.feed({ type: 'failed', conversation: bob, trouble: 'unreachable' });
    driver.feed({ type: 'tracker', up: false });
    expect(driver.feed({ type: 'tracker', up: true })).toHaveLength(1);
    driver.feed({ type: 'failed', conversation: bob, trouble: 'busy', waitMs: 90_000 });
    expect((driver.wakes[0] ?? 0) - driver.now).toBe(90_000);
    // A full mailbox is not emptied by asking often.
    driver.feed({ type: 'tracker', up: true });
    driver.after(90_000);
    driver.feed({ type: 'failed', conversation: bob, trouble: 'full' });
    expect((driver.wakes[0] ?? 0) - driver.now).toBe(600_000);
  });

  test('are mailed anew when the mailbox has forgotten them, or their receiver asks', () => {
    const driver = Driver.connected();
    driver.wrote(5);
    driver.after(ALONE_MS);
    driver.feed({ type: 'mailed', conversation: bob, upTo: 5, at: driver.now });
    expect(driver.wakes).toEqual([driver.now + MAILBOX_LIFE_MS]);
    expect(driver.after(MAILBOX_LIFE_MS - 1)).toEqual([]);
    expect(driver.after(1)).toEqual([{ do: 'mail', conversation: bob, acked: 0, to: 5 }]);
    driver.feed({ type: 'mailed', conversation: bob, upTo: 5, at: driver.now });
    expect(driver.feed({ type: 'wanted', conversation: bob, from: 2 })).toHaveLength(1);
  });
});

describe('an answer that is owed', () => {
  test('is sent after a moment, unless a link tells it', () => {
    const driver = Driver.connected();
    expect(driver.feed({ type: 'owed', device })).toEqual([]);
    expect(driver.after(REPLY_MS)).toEqual([{ do: 'answer', device }]);
    expect(driver.feed({ type: 'answered', device })).toEqual([]);
    driver.feed({ type: 'owed', device });
    expect(driver.feed({ type: 'reached', conversations: [], devices: [device] })).toEqual([{ do: 'forget', device }]);
    expect(driver.after(3600_000)).toEqual([]);
  });

  test('is tried again', () => {
    const driver = Driver.connected();
    driver.feed({ type: 'owed', device });
    driver.after(REPLY_MS);
    driver.feed({ type: 'unanswered', device, trouble: 'busy' });
    expect(driver.after(4_999)).toEqual([]);
    expect(driver.after(1)).toEqual([{ do: 'answer', device }]);
  });
});

test('a stop waits for nothing that could be done now, and not for what just failed', () => {
  const driver = new Driver();
  driver.wrote(1);
  driver.feed({ type: 'owed', device });
  expect(isIdle(driver.state)).toBe(true);
  expect(driver.feed({ type: 'closing' })).toHaveLength(1);
  expect(isIdle(driver.state)).toBe(false);
  expect(driver.feed({ type: 'answered', device })).toEqual([{ do: 'mail', conversation: bob, acked: 0, to: 1 }]);
  driver.feed({ type: 'failed', conversation: bob, trouble: 'unreachable' });
  expect(isIdle(driver.state)).toBe(true);
});
