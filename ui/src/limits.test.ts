import { expect, test } from '@jest/globals';
import * as protocol from '../../protocol/limits.js';
import * as ui from './limits.js';

test('the limits of the UI are those of the protocol', () => {
  expect(ui.MESSAGE_MAX).toBe(protocol.MESSAGE_MAX);
  expect(ui.PASSWORD_MIN).toBe(protocol.PASSWORD_MIN);
  expect(ui.PASSWORD_MAX).toBe(protocol.PASSWORD_MAX);
  expect(ui.TYPING_SHOWN_MS).toBe(protocol.TYPING_SHOWN_MS);
  expect(ui.PICTURE_MAX).toBe(protocol.PICTURE_MAX);
  expect(ui.HISTORY_PAGE_MAX).toBe(protocol.HISTORY_PAGE_MAX);
  expect(ui.RETENTION_DAYS).toEqual(protocol.RETENTION_DAYS);
  expect(ui.PERMANENT_CHANNELS).toEqual(protocol.PERMANENT_CHANNELS);
  expect(ui.PERMANENT_CHANNELS.map((name) => `#${name}`)).toEqual(
    expect.arrayContaining([ui.BROADCAST, `#${ui.HOME_CHANNEL}`]),
  );
});
