import { Fragment } from 'preact';
import { useApp } from '../app/use-app.js';
import type { Align, Block, Inline, ListItem } from '../text/markdown-tree.js';
import { directionOfText } from '../text/bidi.js';
import { plainText } from '../text/markdown-plain.js';
import { CodeBlock } from './code-block.js';
import { Inlines } from './markdown-inlines.js';

interface BlocksProps {
  readonly blocks: readonly Block[];
  /** Under which it is remembered what of them was unfolded. */
  readonly fold?: string | undefined;
}

export function Blocks({ blocks, fold }: BlocksProps) {
  return (
    <>
      {blocks.map((block, index) => (
        <Fragment key={index}>
          <DrawnBlock block={block} fold={fold && `${fold}/${index}`} />
        </Fragment>
      ))}
    </>
  );
}

function DrawnBlock({ block, fold }: { block: Block; fold: string | undefined }) {
  switch (block.kind) {
    case 'paragraph':
      return (
        <p dir="auto">
          <Inlines pieces={block.children} />
        </p>
      );
    case 'heading':
      // No heading of the page: whoever walks through its headings does not look for those of others' messages.
      return (
        <p class={block.level <= 2 ? 'text-heading text-heading-large' : 'text-heading'} dir="auto">
          <Inlines pieces={block.children} />
        </p>
      );
    case 'quote':
      return (
        <blockquote dir={directionOfText(plainText(block))}>
          <Blocks blocks={block.blocks} fold={fold} />
        </blockquote>
      );
    case 'list':
      return <List start={block.start} items={block.items} fold={fold} />;
    case 'code':
      return <CodeBlock text={block.text} language={block.language} fold={fold} />;
    case 'rule':
      return <hr />;
    case 'table':
      return <Table align={block.align} rows={block.rows} />;
  }
}

interface ListProps {
  readonly start: number | undefined;
  readonly items: readonly ListItem[];
  readonly fold: string | undefined;
}

function List({ start, items, fold }: ListProps) {
  // Its numbers stand where its text begins, also in a page of the other direction. `auto` would not look at what has a direction of its own.
  const dir = directionOfText(plainText({ blocks: items.flatMap(({ blocks }) => blocks) }));
  const drawn = items.map((item, index) => (
    <li key={index} class={item.done === undefined ? undefined : 'task'}>
      {item.done !== undefined && <TaskMark done={item.done} />}
      <Blocks blocks={item.blocks} fold={fold && `${fold}/${index}`} />
    </li>
  ));
  return start === undefined ? (
    <ul dir={dir}>{drawn}</ul>
  ) : (
    <ol dir={dir} start={start}>
      {drawn}
    </ol>
  );
}

function TaskMark({ done }: { done: boolean }) {
  const { t } = useApp();
  return (
    <span class="task-mark" role="img" aria-label={t(done ? 'message.done' : 'message.to_do')}>
      {done ? '☑' : '☐'}
    </span>
  );
}

interface TableProps {
  readonly align: readonly Align[];
  readonly rows: readonly (readonly (readonly Inline[])[])[];
}

function Table({ align, rows: [head = [], ...rows] }: TableProps) {
  const { t } = useApp();
  const place = (column: number): string | undefined => (align[column] ? `cell-${align[column]}` : undefined);
  return (
    <div class="table-box" role="group" aria-label={t('message.table')} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {head.map((cell, column) => (
              <th key={column} dir="auto" class={place(column)}>
                <Inlines pieces={cell} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={column} dir="auto" class={place(column)}>
                  <Inlines pieces={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
