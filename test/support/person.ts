/** Somebody in front of Parley's UI: finds things by what they are called, never by how they are made. */
import type { Browser, Locator, Page } from 'playwright-core';
import { openWindow } from './browser.js';

export class Person {
  readonly page: Page;
  /** Errors that the page itself ran into. */
  readonly problems: readonly string[];

  private constructor(page: Page, problems: readonly string[]) {
    this.page = page;
    this.problems = problems;
  }

  static async sitDown(browser: Browser, ui: string): Promise<Person> {
    const { page, problems } = await openWindow(browser, ui);
    return new Person(page, problems);
  }

  async register(password: string): Promise<void> {
    await this.page.getByRole('button', { name: /^New here/ }).click();
    // The password is what comes next: it can be typed at once.
    await this.page.getByLabel('Password', { exact: true }).and(this.page.locator(':focus')).waitFor();
    await this.page.keyboard.type(password);
    await this.page.keyboard.press('Enter');
    await this.sidebar.waitFor();
  }

  get sidebar(): Locator {
    return this.page.getByRole('navigation', { name: 'Conversations' });
  }

  /** `#general`, or a person's name. */
  async open(place: string): Promise<void> {
    // A link says more than its name: whether the person is online, how much is unread.
    const name = new RegExp(`(^|\\s)${place.replace('#', '')}(\\s|$)`);
    await this.sidebar.getByRole('link', { name }).click();
    await this.composer(place).waitFor();
  }

  composer(place: string): Locator {
    return this.page.getByRole('textbox', { name: `Message to ${place}` });
  }

  timeline(place: string): Locator {
    return this.page.getByRole('region', { name: `Messages in ${place}` });
  }

  /** Writes into the conversation that is open. */
  async write(place: string, text: string): Promise<void> {
    await this.composer(place).fill(text);
    await this.composer(place).press('Enter');
  }

  /** Resolves once the text stands in the open conversation. */
  async sees(place: string, text: string): Promise<void> {
    await this.timeline(place).getByText(text, { exact: true }).waitFor();
  }

  /** All texts in the open conversation that match, from the top down. */
  async textsIn(place: string, pattern: RegExp): Promise<string[]> {
    return this.timeline(place).getByText(pattern).allTextContents();
  }

  /** Resolves once the own message says so: `Sent`, `Delivered`. */
  async seesMark(place: string, text: string, mark: RegExp): Promise<void> {
    const message = this.timeline(place).getByRole('listitem').filter({ hasText: text });
    await message
      .getByText(mark)
      .or(message.getByLabel(mark))
      .or(message.getByTitle(mark))
      .first()
      .waitFor({ state: 'attached' });
  }

  async seesTracker(state: string): Promise<void> {
    await this.page.getByText(state).first().waitFor();
  }
}
