import { escapeHtml } from '../../protocol/html.js';

/** Markup that needs no more escaping. Only `html` makes it. */
export class Html {
  constructor(readonly markup: string) {}

  toString(): string {
    return this.markup;
  }
}

type Part = string | number | Html | readonly Html[] | undefined;

/** Escapes every value that is not markup itself. Attributes must be in quotes. */
export function html(strings: TemplateStringsArray, ...values: readonly Part[]): Html {
  const filled = strings.map((text, at) => text + render(values[at]));
  return new Html(filled.join(''));
}

function render(value: Part): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return escapeHtml(value);
  if (typeof value === 'number') return String(value);
  return value instanceof Html ? value.markup : value.map((one) => one.markup).join('');
}

/** An address of the machine that the page is read on, and of no other. */
export function isOfThisMachine(url: string): boolean {
  return /^https?:\/\/(?:localhost|127\.|\[::1\])/.test(url);
}

/** What every page shows of the tracker. */
export interface Site {
  readonly name: string;
  readonly welcome: string;
}

export interface PageOptions {
  title: string;
  main: Html;
  /** At the end of the top bar. */
  aside?: Html;
  /** `narrow` for a form, `middle` for what is read. */
  width?: 'narrow' | 'middle' | 'wide';
  /** From the address of the page to that of the tracker, as `../../`: the tracker may stand under a path of a proxy. */
  root?: string | undefined;
  /** A script of this tracker; all else works without one. */
  script?: string | undefined;
}

const PRODUCT = 'Parley';

/** A whole page: no script, one style sheet. */
export function page(site: Site, { title, main, aside, width = 'wide', root = '', script }: PageOptions): string {
  const subtitle = site.name === PRODUCT ? 'tracker' : site.name;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · ${site.name}</title>
        <link rel="icon" href="${root}icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="${root}style.css" />
        ${script === undefined ? undefined : html`<script src="${script}" defer></script>`}
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header class="top">
          <div class="bar">
            <a class="brand" href="${root === '' ? './' : root}"
              ><img class="mark" src="${root}icon.svg" alt="" /><span
                >${PRODUCT} <span class="quiet">${subtitle}</span></span
              ></a
            >
            ${aside}
          </div>
        </header>
        <main id="main" class="${width}">${main}</main>
        <footer class="foot">Messages never pass through this tracker. <a href="${root}docs">API</a></footer>
      </body>
    </html> `.toString();
}

/** The text that the tracker's owner wrote for everyone. */
export function welcomeText({ welcome }: Site): Html | undefined {
  return welcome === '' ? undefined : html`<p class="notice">${welcome}</p>`;
}
