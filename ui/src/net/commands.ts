/** Commands over the socket, each matched with its result. */
import type { CommandArguments, CommandName, CommandResult, CommandResults } from '../../../protocol/local-api.js';

/** What a refused command carries. `disconnected` and `timeout` are this page's own codes: whether it was done is unknown. */
export class CommandError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

interface Waiting {
  readonly command: CommandName;
  resolve(result: unknown): void;
  reject(error: CommandError): void;
  readonly timer: ReturnType<typeof setTimeout>;
}

const TIMEOUT_MS = 30_000;
/** Nobody looks at what the page knows once they are answered. */
const UNORDERED: ReadonlySet<CommandName> = new Set(['conversation.read', 'conversation.typing']);

export class Commands {
  #nextId = 1;
  readonly #waiting = new Map<number, Waiting>();

  /** `send` answers whether the frame was handed to a live connection. */
  constructor(private readonly send: (frame: object) => boolean) {}

  run<Name extends CommandName>(command: Name, args: CommandArguments<Name>): Promise<CommandResults[Name]> {
    const id = this.#nextId++;
    return new Promise<CommandResults[Name]>((resolve, reject) => {
      const timer = setTimeout(
        () => this.#fail(id, new CommandError('timeout', 'The daemon did not answer.')),
        TIMEOUT_MS,
      );
      this.#waiting.set(id, { command, resolve: (result) => resolve(result as CommandResults[Name]), reject, timer });
      if (!this.send({ id, command, ...args })) this.#fail(id, disconnected());
    });
  }

  /** Whether what was told before this result has to be known when it is settled. */
  isOrdered({ id }: CommandResult): boolean {
    const waiting = this.#waiting.get(id);
    return waiting !== undefined && !UNORDERED.has(waiting.command);
  }

  settle(result: CommandResult): void {
    const waiting = this.#take(result.id);
    if (result.ok) waiting?.resolve(result);
    else waiting?.reject(new CommandError(result.code, result.message));
  }

  /** The connection is gone. */
  lost(): void {
    for (const id of [...this.#waiting.keys()]) this.#fail(id, disconnected());
  }

  #fail(id: number, error: CommandError): void {
    this.#take(id)?.reject(error);
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    clearTimeout(waiting?.timer);
    return waiting;
  }
}

function disconnected(): CommandError {
  return new CommandError('disconnected', 'The connection to the daemon was lost.');
}
