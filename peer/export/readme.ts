/** What stands in an export for people, so that they need nothing else to read it. */
export interface ReadmeFacts {
  readonly username: string;
  /** ISO 8601. */
  readonly exported: string;
}

export function readmeText({ username, exported }: ReadmeFacts): string {
  return `All data of ${username} in Parley, exported ${exported}
${'='.repeat(60)}

Nothing here needs Parley. Text is UTF-8. A file that ends in .jsonl is JSON Lines: one JSON object a line
(https://jsonlines.org), which spreadsheets, "jq" and every programming language read. Open it in any text editor, too.

account.json          whose it is: user name, profile, preferences, blocked people, devices
people.jsonl          everybody known to this device; friend and muted say what you have chosen
conversations.jsonl   one conversation a line: its name, its members, and which file holds its messages
conversations/        the messages, oldest first. What is very long goes on in NAME.2.jsonl, and so on
files.jsonl           one file a line: where it is here (path), what it was called (name), and the message that showed it first (entry)
files/                the files as they were sent

Fields of a message
  id             its name for ever; reply.id and data.reply_to are ids of others
  time           when it was written, by its author's clock (UTC)
  at             where it stands, if that clock was wrong
  from           who wrote it; device: on which of their devices
  kind           text, file, pin, topic, join or leave; what Parley does not know is here as well
  message        the text, in Markdown; of an edited message its last form
  data           what the kind needs. Of a file: name, size in bytes, mime, sha256. mentions: who is named
  edited         when it was last edited
  deleted        it was taken back, so that its text is not here
  reactions      emoji, and who used each
  pinned         who pinned it, and when
  state          of your own: sent, delivered or read
  here           of a file: its bytes are in this export
  sig, prev, seq what proves who wrote it (the log of each device is a chain of SHA-256 hashes signed with Ed25519)

Not in it: messages of people whom you block, conversations that you have left, files whose bytes were not on this device, and
passwords and keys: nobody can sign in with it. It is not sealed, so keep it where nobody else reads it. To move to another machine use
"parley backup", which is sealed.
`;
}
