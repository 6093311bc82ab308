// A few people who know each other, and what they wrote: what the pictures show, and what the tests of every view look at.
import { Teller } from './teller.mjs';

/** The first is the one whose screen is looked at. */
export const CAST = /** @type {const} */ (['maria', 'jonas', 'felix', 'sara', 'minh']);

/** @typedef {(typeof CAST)[number]} Name */

const CODE = [
  'This drops the outliers before the median:',
  '```python',
  'def robust(values, k=3.0):',
  '    """Median of what lies within k MADs."""',
  '    mid = median(values)',
  '    mad = median(abs(v - mid) for v in values)',
  '    return median(v for v in values if abs(v - mid) <= k * mad)',
  '```',
].join('\n');

const MARKDOWN = [
  '**Plan for Thursday**',
  '1. Felix: calibration, 15 min',
  '2. Jonas: _the March figures_, 15 min',
  '3. Maria: what follows',
  '',
  '> Questions after each talk, not at the end.',
].join('\n');

/** @type {readonly [Name, string, ReplyTo?][]} */
const GENERAL = [
  ['felix', 'Good morning! The seminar room is ours from ten until one.'],
  ['maria', 'Thank you. I bring the small projector: the one on the wall shows everything in green.'],
  ['jonas', MARKDOWN],
  ['sara', 'سلام به همه! من ساعت ده می‌رسم و نسخهٔ چاپی برنامه را می‌آورم.', 'MARKDOWN'],
  ['minh', 'Chào cả nhà, mình tham gia từ Hà Nội. Nhớ bật micro giúp mình nhé!'],
  ['jonas', 'The slides are at https://seminar.example.org/november and the data in `lab/march.csv`.'],
  ['maria', CODE],
  ['felix', 'Can somebody lend me a USB-C adapter?'],
  ['maria', 'I have two of them in my bag.', 'Can somebody lend me a USB-C adapter?'],
  ['felix', 'You save my morning, @maria.'],
  ['jonas', 'My train is ten minutes late. Please begin without me.'],
  ['maria', 'No hurry, we move you to the end.'],
  ['felix', 'The door is open, and there is coffee on the table by the window.'],
];

/** @typedef {string} ReplyTo the text that is answered; `MARKDOWN` for the plan */

/** @type {readonly [Name, string][]} */
const WITH_JONAS = [
  ['jonas', 'Do you still have the figures of the March measurement?'],
  ['maria', 'Yes, on the lab machine. Median 4.2 ms, range 3.9 to 4.6.'],
  ['jonas', 'That is all I need for slide seven.'],
  ['maria', 'Shall I read your last slides before the talk?'],
  ['jonas', 'Please! They follow as soon as I have a seat on this train.'],
];

/** @type {readonly [Name, string][]} */
const WITH_SARA = [
  ['sara', 'ماریا، نمودارها را دیدی؟ محور y در مقیاس log است.'],
  ['maria', 'Yes, and the legend is much clearer now. مرسی!'],
  ['sara', 'خواهش می‌کنم. فایل نهایی را امشب می‌فرستم.'],
];

/**
 * Who sits where, links and writes. What a daemon does not know to do yet is left out.
 * @param {Readonly<Record<Name, string>>} logins one-time links
 * @returns {Promise<{ tellers: Readonly<Record<Name, Teller>>, ids: Readonly<Record<string, string>> }>} `ids`: of the
 *   entries by their texts
 */
export async function populate(logins) {
  const seated = await Promise.all(CAST.map(async (name) => [name, await Teller.sitDown(logins[name])]));
  const tellers = /** @type {Record<Name, Teller>} */ (Object.fromEntries(seated));
  const { maria, jonas, felix, sara, minh } = tellers;
  await Promise.all(
    CAST.flatMap((name) => CAST.filter((other) => other !== name).map((other) => tellers[name].linkedWith(other))),
  );
  await introduce(tellers);
  for (const teller of [maria, jonas, sara]) await teller.run('channel.join', { channel: 'lab' });
  await tryAll([
    () => maria.run('channel.topic', { channel: 'lab', topic: 'Measurements, figures and what they mean' }),
  ]);

  /** @type {Record<string, string>} */
  const ids = {};
  /** @type {(conversation: string, readers: readonly Teller[], lines: readonly [Name, string, ReplyTo?][]) => Promise<void>} */
  const talk = async (conversation, readers, lines) => {
    for (const [author, message, answered] of lines) {
      const replyTo = answered === undefined ? undefined : ids[answered === 'MARKDOWN' ? MARKDOWN : answered];
      const post = { conversation, message, ...(replyTo !== undefined && { replyTo }) };
      ids[message] = (await tellers[author].run('message.post', post)).entry.id;
      await Promise.all(readers.map((reader) => reader.reads(conversation, message)));
    }
  };
  await talk('#general', [maria, jonas, felix, sara, minh], GENERAL);
  await talk('@jonas+maria', [maria, jonas], WITH_JONAS);
  await talk('@maria+sara', [maria, sara], WITH_SARA);
  await talk('#lab', [maria, jonas, sara], [['jonas', 'The oven is at 180 °C, the first run begins at noon.']]);
  await embellish(tellers, ids);
  return { tellers, ids };
}

/** @param {Readonly<Record<Name, Teller>>} tellers */
async function introduce({ maria, jonas, sara, minh }) {
  await tryAll([
    () => maria.run('profile.set', { name: 'Maria Lindqvist', about: 'Signals and noise. Room 214.' }),
    () => jonas.run('profile.set', { name: 'Jonas Weber', status: { emoji: '🚆', text: 'On the train' } }),
    () => sara.run('profile.set', { name: 'سارا احمدی', status: { emoji: '📊', text: 'نمودارها' } }),
    () => minh.run('profile.set', { name: 'Nguyễn Minh' }),
    () => maria.run('people.settings', { username: 'jonas', friend: true }),
  ]);
}

/**
 * @param {Readonly<Record<Name, Teller>>} tellers
 * @param {Readonly<Record<string, string>>} ids
 */
async function embellish({ maria, jonas, felix, sara, minh }, ids) {
  const of = (/** @type {string} */ text) => ids[text] ?? '';
  const plan = of(MARKDOWN);
  const adapter = of('I have two of them in my bag.');
  const late = of('My train is ten minutes late. Please begin without me.');
  await tryAll([
    () => felix.run('message.react', { target: plan, emoji: '👍', on: true }),
    () => sara.run('message.react', { target: plan, emoji: '👍', on: true }),
    () => minh.run('message.react', { target: plan, emoji: '🎉', on: true }),
    () => felix.run('message.react', { target: adapter, emoji: '❤️', on: true }),
    () => maria.run('message.react', { target: late, emoji: '🚆', on: true }),
    () => jonas.run('message.pin', { target: plan, on: true }),
    () =>
      jonas.run('message.edit', { target: late, message: 'My train is twelve minutes late. Please begin without me.' }),
    async () => {
      const { entry } = await minh.run('message.post', { conversation: '#general', message: 'Wrong window, sorry.' });
      await minh.run('message.delete', { target: entry.id });
    },
  ]);
}

/** In this order; what fails is a feature that is not there. @param {readonly (() => Promise<unknown>)[]} works */
async function tryAll(works) {
  for (const work of works) await work().catch(() => undefined);
}
