/** A message as it is drawn: plain data, made of its Markdown. Nothing in it is HTML. */
export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'strong' | 'em' | 'del'; readonly children: readonly Inline[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'break' }
  | LinkPiece
  /** `@name`, which may or may not be somebody who is known. */
  | { readonly kind: 'mention'; readonly name: string }
  /** `#name`, likewise. */
  | { readonly kind: 'channel'; readonly name: string };

export interface LinkPiece {
  readonly kind: 'link';
  /** http, https or mailto. */
  readonly href: string;
  /** Where it really goes, if the text could make one believe otherwise. */
  readonly host?: string;
  readonly children: readonly Inline[];
}

export interface ListItem {
  /** Of a task: whether it is done. */
  readonly done?: boolean;
  readonly blocks: readonly Block[];
}

export type Align = 'left' | 'center' | 'right' | null;

export type Block =
  | { readonly kind: 'paragraph'; readonly children: readonly Inline[] }
  | { readonly kind: 'heading'; readonly level: number; readonly children: readonly Inline[] }
  | { readonly kind: 'quote'; readonly blocks: readonly Block[] }
  /** `start`: the number of the first item of an ordered list. */
  | { readonly kind: 'list'; readonly start?: number; readonly items: readonly ListItem[] }
  | { readonly kind: 'code'; readonly language?: string; readonly text: string }
  | { readonly kind: 'rule' }
  | {
      readonly kind: 'table';
      readonly align: readonly Align[];
      readonly rows: readonly (readonly (readonly Inline[])[])[];
    };

export interface Markdown {
  readonly blocks: readonly Block[];
  /** Nothing but a few emoji: drawn large. */
  readonly emoji: boolean;
  /** Lower-cased names behind an `@`. */
  readonly mentions: ReadonlySet<string>;
}
