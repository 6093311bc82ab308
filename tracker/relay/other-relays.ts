/** Relays on machines of their own, as settings.json names them: which of them answers now, and has room. */
import { Compile } from 'typebox/compile';
import { RELAY_PATH, RelayHealth, relayUrl } from '../../protocol/circuit.js';
import { ask, whyNot, type Transport } from '../ask.js';
import type { Clock } from '../clock.js';
import type { Log } from '../log.js';
import { StartError } from '../start-error.js';

export interface OtherRelaysOptions {
  /** As `relaysOf` gives them. */
  readonly relays: readonly URL[];
  /** SHA-256 of the CA's certificate: only a relay that takes its tickets is of use. */
  readonly ca: string;
  readonly transport: Transport;
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  readonly log: Log;
}

/** From one answer to the next question, and for an answer. Milliseconds. */
const EVERY_MS = 10_000;
const ANSWER_MS = 4_000;
const health = Compile(RelayHealth);

interface Known {
  readonly url: URL;
  state: 'not asked' | 'open' | 'full' | 'away';
}

export class OtherRelays {
  readonly #known: readonly Known[];
  readonly #cancels = new Map<Known, () => void>();
  #isClosed = false;

  constructor(private readonly options: OtherRelaysOptions) {
    this.#known = options.relays.map((url) => ({ url, state: 'not asked' }));
    for (const relay of this.#known) void this.#look(relay);
  }

  /** One at random of those that answered last time and have room. */
  pick(): string | undefined {
    const open = this.#known.filter(({ state }) => state === 'open');
    return open[Math.floor(this.options.random() * open.length)]?.url.href;
  }

  close(): void {
    this.#isClosed = true;
    for (const cancel of this.#cancels.values()) cancel();
  }

  async #look(relay: Known): Promise<void> {
    const why = await this.#ask(relay);
    if (this.#isClosed) return;
    const { clock, log } = this.options;
    const was = relay.state;
    relay.state = typeof why === 'string' ? 'away' : why.isFull ? 'full' : 'open';
    const facts = { relay: relay.url.href };
    if (typeof why === 'string' && was !== 'away') log.warn({ ...facts, reason: why }, 'a relay is not used');
    if (typeof why !== 'string' && was === 'away') log.info(facts, 'a relay is used again');
    this.#cancels.set(
      relay,
      clock.after(EVERY_MS, () => void this.#look(relay)),
    );
  }

  /** @returns what it says; a text: why it is of no use, as the end of a sentence. Never rejects. */
  async #ask({ url }: Known): Promise<RelayHealth | string> {
    const { transport, ca } = this.options;
    try {
      const { status, body } = await ask(healthUrl(url), '', { transport, ms: ANSWER_MS });
      const said: unknown = status === 200 ? JSON.parse(body) : undefined;
      if (!health.Check(said)) return `HTTP ${status}, which no relay answers`;
      if (said.relay !== url.href)
        return `it calls itself ${said.relay}: start it with --public-url, or write that here`;
      return said.ca === ca ? said : 'it takes the tickets of another tracker: start it with --tracker and this one';
    } catch (error) {
      return error instanceof SyntaxError ? 'what it answers is not JSON' : whyNot(error, 'NODE_EXTRA_CA_CERTS');
    }
  }
}

/** @param relay as `relayUrl` gives it */
function healthUrl(relay: URL): URL {
  const url = new URL(relay);
  url.protocol = relay.protocol === 'wss:' ? 'https:' : 'http:';
  url.pathname = relay.pathname.replace(new RegExp(`${RELAY_PATH}$`), '/healthz');
  return url;
}

/** Each in its one form. Errors: StartError. */
export function relaysOf(given: readonly string[]): URL[] {
  return [...new Set(given)].map((text) => {
    const url = relayUrl(text);
    if (url !== undefined) return url;
    throw new StartError(
      `"${text}" is no address of a relay. Write it as the relay prints it: wss://relay.example/circuit (relays in settings.json).`,
    );
  });
}
