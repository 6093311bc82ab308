interface SentenceProps {
  /** What is typed somewhere stands between backticks. */
  readonly text: string;
}

/** A sentence of ours that names a command: that is set as code, and keeps its direction in every language. */
export function Sentence({ text }: SentenceProps) {
  return (
    <>
      {text.split('`').map((part, i) =>
        i % 2 === 0 ? (
          part
        ) : (
          <code key={i} class="code-inline" dir="ltr">
            {part}
          </code>
        ),
      )}
    </>
  );
}
