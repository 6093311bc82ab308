import { describe, expect, test } from '@jest/globals';
import { linkedMessage } from './message-link.js';

const ID = 'x'.repeat(43);
const HERE = 'http://localhost:9102';

describe('a link to a message', () => {
  test.each([
    `${HERE}/#/m/${ID}`,
    `http://localhost:19102/#/m/${ID}`,
    `http://127.0.0.1:1/#/m/${ID}`,
    `http://[::1]:1/#/m/${ID}`,
  ])('of any peer on the machine of who wrote it: %s', (href) =>
    expect(linkedMessage(href, HERE)).toEqual({ entry: ID, sure: true }),
  );

  test('of another window may be one, or a page of somebody else', () => {
    expect(linkedMessage(`https://chat.example/#/m/${ID}`, HERE)).toEqual({ entry: ID, sure: false });
  });

  test.each([
    `${HERE}/#/m/${ID}x`,
    `${HERE}/#/m/`,
    `${HERE}/#/c/general`,
    `${HERE}/page#/m/${ID}`,
    `${HERE}/?q=1#/m/${ID}`,
    `mailto:a@b.example#/m/${ID}`,
    `javascript:alert(1)#/m/${ID}`,
    'no address',
  ])('is no other link: %s', (href) => expect(linkedMessage(href, HERE)).toBeUndefined());
});
