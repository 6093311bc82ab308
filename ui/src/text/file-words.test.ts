/** Names of files on one line: their ends stay in sight, and letters that join are not parted. */
import { expect, test } from '@jest/globals';
import { cutFileName } from './file-words.js';

test.each([
  ['notes.txt', 'notes.txt', ''],
  ['IMG_20261129_101112.jpg', 'IMG_20261129_', '101112.jpg'],
  ['گزارش نهایی آزمایشگاه.pdf', 'گزارش نهایی آزمایشگاه', '.pdf'],
  ['آزمایشگاهآزمایشگاهآزمایشگاه', 'آزمایشگاهآزمایشگاهآزمایشگاه', ''],
])('%s', (name, start, end) => {
  expect(cutFileName(name)).toEqual({ start, end });
});
