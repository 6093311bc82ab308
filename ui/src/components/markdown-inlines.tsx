import { Fragment } from 'preact';
import { useApp } from '../app/use-app.js';
import type { Inline, LinkPiece } from '../text/markdown-tree.js';
import { textOf as plainOf } from '../text/markdown-inline.js';
import { linkedMessage } from '../text/message-link.js';
import { ChannelMention, Mention } from './mention.js';
import { MessageLink } from './message-link.js';

/** The pieces of a line. */
export function Inlines({ pieces }: { pieces: readonly Inline[] }) {
  return (
    <>
      {pieces.map((piece, index) => (
        <Fragment key={index}>
          <Piece piece={piece} />
        </Fragment>
      ))}
    </>
  );
}

function Piece({ piece }: { piece: Inline }) {
  switch (piece.kind) {
    case 'text':
      return <>{piece.text}</>;
    case 'break':
      // Lines are kept by the style sheet; a break as a character is one for the clipboard as well.
      return <>{'\n'}</>;
    case 'code':
      return (
        <code class="code-inline" dir="ltr">
          {piece.text}
        </code>
      );
    case 'strong':
      return (
        <strong>
          <Inlines pieces={piece.children} />
        </strong>
      );
    case 'em':
      return (
        <em>
          <Inlines pieces={piece.children} />
        </em>
      );
    case 'del':
      return (
        <del>
          <Inlines pieces={piece.children} />
        </del>
      );
    case 'link':
      return <SafeLink piece={piece} />;
    case 'mention':
      return <Mention name={piece.name} />;
    case 'channel':
      return <ChannelMention name={piece.name} />;
  }
}

function SafeLink({ piece: { href, host, children } }: { piece: LinkPiece }) {
  const { t } = useApp();
  const linked = linkedMessage(href, window.location.origin);
  const link = (
    <>
      <a href={href} title={href} target="_blank" rel="noopener noreferrer" dir="auto">
        <Inlines pieces={children} />
      </a>
      {host !== undefined && <span class="link-host"> ({t('message.link_goes', { host })})</span>}
    </>
  );
  if (!linked) return link;
  const bare = plainOf(children) === href;
  return <MessageLink linked={linked} otherwise={link} {...(!bare && { label: <Inlines pieces={children} /> })} />;
}
