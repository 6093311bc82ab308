/** Markup that is safe as it is. Only `html` makes it. */
export class Html {
  constructor(readonly markup: string) {}

  toString(): string {
    return this.markup;
  }
}

type Part = string | number | Html | readonly Html[] | undefined;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

/** Every value is escaped unless it is markup itself. Attributes must stand in quotes. */
export function html(strings: TemplateStringsArray, ...values: readonly Part[]): Html {
  const filled = strings.map((text, at) => text + render(values[at]));
  return new Html(filled.join(''));
}

function render(value: Part): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return escape(value);
  if (typeof value === 'number') return String(value);
  return value instanceof Html ? value.markup : value.map((one) => one.markup).join('');
}
