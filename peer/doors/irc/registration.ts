/**
 * The beginning of a connection: capabilities (IRCv3 302), SASL PLAIN or PASS, NICK and USER. Whoever has signed in is called by the
 * name of their account, whatever nick they asked for. Without a password one is a guest, where guests are let in.
 */
import { isParleyError, ParleyError } from '../../../protocol/errors.js';
import { GUEST_TEXT, type Seat } from '../host.js';
import type { Call } from './call.js';
import { ALL_CAPABILITIES, capabilityLines, isCapability, type Capability } from './capabilities.js';
import type { IrcClient } from './context.js';
import { Me } from './me.js';
import { nickOf, sourceOf, userOfNick } from './names.js';
import { ERR, RPL } from './numerics.js';
import { welcome } from './welcome.js';

/** Bytes of one AUTHENTICATE in base64; one that is full is followed by another. */
const CHUNK = 400;
const SASL_MAX = 4 * CHUNK;

export class Registration {
  nick = '';
  #user = '';
  #password: string | undefined;
  #negotiating = false;
  /** Whether the client knows 302. */
  #values = false;
  #seat: Seat | undefined;
  #isGuest = false;
  /** What came of a SASL response so far; undefined while none is asked for. */
  #response: string | undefined;

  constructor(private readonly session: IrcClient & { begin(me: Me): boolean }) {}

  async cap(call: Call): Promise<void> {
    const [sub = '', argument = ''] = call.line.params;
    const nick = this.session.nick;
    const answer = (...params: readonly string[]): void =>
      call.send({ source: this.session.serverName, command: 'CAP', params: [nick, ...params] });
    switch (sub.toUpperCase()) {
      case 'LS':
        this.#negotiating ||= !this.session.registered;
        this.#values ||= Number(argument) >= 302;
        if (this.#values) this.session.caps.add('cap-notify');
        return this.#list('LS', ALL_CAPABILITIES, answer);
      case 'LIST':
        return this.#list('LIST', this.session.caps, answer);
      case 'REQ':
        this.#negotiating ||= !this.session.registered;
        return answer(this.#request(argument) ? 'ACK' : 'NAK', argument);
      case 'END':
        this.#negotiating = false;
        return this.complete();
      default:
        return call.numeric(ERR.invalidCapCommand, sub || '*', 'There is no such subcommand of CAP.');
    }
  }

  pass(call: Call): void {
    if (this.session.registered) return call.numeric(ERR.alreadyRegistered, 'You have signed in already.');
    // Some clients send no colon before a password with blanks.
    this.#password = call.line.params.join(' ');
  }

  async nickname(call: Call): Promise<void> {
    const wanted = call.param(0);
    if (wanted === '') return call.numeric(ERR.noNicknameGiven, 'Say which nick.');
    if (userOfNick(wanted) === undefined)
      return call.numeric(
        ERR.erroneousNickname,
        wanted.slice(0, 64),
        'A nick is the name of an account: 1 to 32 of A-Z a-z 0-9 _ -.',
      );
    if (this.session.registered) return this.#rename(call, wanted);
    this.nick = wanted;
    await this.complete();
  }

  async user(call: Call): Promise<void> {
    if (this.session.registered) return call.numeric(ERR.alreadyRegistered, 'You have signed in already.');
    if (call.param(0) === '' || call.param(3) === '') return call.needsMore();
    this.#user = call.param(0);
    await this.complete();
  }

  async authenticate(call: Call): Promise<void> {
    const given = call.param(0);
    if (this.session.registered || this.#seat) return call.numeric(ERR.saslAlready, 'You have signed in already.');
    if (given === '*') {
      this.#response = undefined;
      return call.numeric(ERR.saslAborted, 'SASL was given up.');
    }
    if (this.#response === undefined) {
      if (given.toUpperCase() !== 'PLAIN') {
        call.numeric(RPL.saslMechs, 'PLAIN', 'are the mechanisms that there are.');
        return call.numeric(ERR.saslFail, 'That mechanism is not known here. Use PLAIN.');
      }
      this.#response = '';
      return call.send({ command: 'AUTHENTICATE', params: ['+'] });
    }
    const isLong = given.length > CHUNK;
    if (isLong || this.#response.length + given.length > SASL_MAX) {
      this.#response = undefined;
      // 905 is for one AUTHENTICATE alone (IRCv3 SASL 3.1).
      const text = 'That SASL message is too long: a name has at most 32 characters, a password 256 bytes.';
      return call.numeric(isLong ? ERR.saslTooLong : ERR.saslFail, text);
    }
    this.#response += given === '+' ? '' : given;
    if (given.length === CHUNK) return;
    const response = this.#response;
    this.#response = undefined;
    await this.#plain(call, response);
  }

  /** Signs in and begins once all that this needs is there. */
  async complete(): Promise<void> {
    const { session } = this;
    if (session.registered || session.over || this.#negotiating || this.nick === '' || this.#user === '') return;
    try {
      this.#seat ??= this.#password ? await this.#signInByPass(this.#password) : await this.#comeAsGuest();
    } catch (error) {
      if (!isParleyError(error)) throw error;
      session.deliver(session.numeric(ERR.passwdMismatch, error.message));
      return session.end(error.message);
    }
    const me = new Me(session, this.#seat);
    if (!session.begin(me)) return;
    await welcome(session, this.nick);
    if (this.#isGuest)
      session.deliver({ source: session.serverName, command: 'NOTICE', params: [me.nick, GUEST_TEXT] });
  }

  /** A connection that ends before it began gives back what it was given. */
  leave(): void {
    this.#seat?.leave();
  }

  async #comeAsGuest(): Promise<Seat> {
    const { host, address } = this.session.ports;
    try {
      const gone = (): boolean => this.session.over;
      const seat = await host.guest({ username: userOfNick(this.nick) ?? this.nick, address, gone });
      this.#isGuest = true;
      return seat;
    } catch (error) {
      if (!isParleyError(error) || error.code !== 'forbidden') throw error;
      throw new ParleyError(
        'not_signed_in',
        'Give the password of your account: with SASL PLAIN, or as the server password (PASS).',
      );
    }
  }

  async #signInByPass(given: string): Promise<Seat> {
    // `name:password`, for a client whose nick is another one; else the nick names the account, or the user name does.
    const named = /^([A-Za-z0-9_-]{1,32}):(.+)$/s.exec(given);
    const names = [...new Set([this.nick, this.#user])];
    const accounts = [
      ...(named ? [{ username: named[1] ?? '', password: named[2] ?? '' }] : []),
      ...names.map((name) => ({ username: userOfNick(name) ?? name, password: given })),
    ];
    let first: unknown;
    for (const account of accounts) {
      try {
        return await this.#signIn(account);
      } catch (error) {
        first ??= error;
        // A password may hold a colon itself.
        if (!isParleyError(error) || (error.code !== 'invalid_credentials' && error.code !== 'bad_name')) throw error;
      }
    }
    // What is wrong with the name that the client gave first is what to tell.
    throw first;
  }

  #signIn(account: { username: string; password: string }): Promise<Seat> {
    const { host, address } = this.session.ports;
    return host.signIn({ ...account, register: false, address });
  }

  /** RFC 4616: `[authzid] NUL authcid NUL password`. */
  async #plain(call: Call, response: string): Promise<void> {
    const fail = (text: string): void => call.numeric(ERR.saslFail, text);
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(response)) return fail('That SASL message is not base64.');
    const parts = Buffer.from(response, 'base64').toString('utf8').split('\0');
    const [authzid = '', authcid = '', password = ''] = parts;
    if (parts.length !== 3 || authcid === '' || password === '') return fail('That is no SASL PLAIN message.');
    const username = userOfNick(authcid) ?? authcid;
    if (authzid !== '' && authzid.toLowerCase() !== authcid.toLowerCase())
      return fail('You can only sign in as the account whose password you give.');
    try {
      this.#seat = await this.#signIn({ username, password });
    } catch (error) {
      if (!isParleyError(error)) throw error;
      return fail(error.message);
    }
    if (this.session.over) return this.leave();
    const account = this.#seat.username;
    call.numeric(RPL.loggedIn, sourceOf(account), account, `You are signed in as ${account}.`);
    call.numeric(RPL.saslSuccess, 'SASL authentication was successful.');
  }

  #rename(call: Call, wanted: string): void {
    const { nick, services } = call.me;
    if (wanted === nick) return;
    const taken =
      wanted.toLowerCase() !== nick.toLowerCase() && services.people.person(userOfNick(wanted) ?? call.me.username);
    const why = `Your nick is the name of your account, ${nickOf(call.me.username)}. Names that you choose yourself go with SETNAME.`;
    if (taken) return call.numeric(ERR.nicknameInUse, wanted, 'Somebody else has that name.');
    call.numeric(ERR.noNickChange, wanted, why);
  }

  #list(sub: string, names: Iterable<string>, answer: (...params: readonly string[]) => void): void {
    const lines = capabilityLines(names, sub === 'LS' && this.#values);
    for (const [at, line] of lines.entries()) {
      const more = at < lines.length - 1;
      // Only who knows 302 knows that a list may have several lines.
      answer(sub, ...(more && this.#values ? ['*'] : []), line);
    }
  }

  /** All of them, or none. */
  #request(argument: string): boolean {
    const words = argument.split(' ').filter(Boolean);
    const wanted: { name: Capability; on: boolean }[] = [];
    for (const word of words) {
      const on = !word.startsWith('-');
      const name = on ? word : word.slice(1);
      if (!isCapability(name) || (!on && name === 'cap-notify' && this.#values)) return false;
      wanted.push({ name, on });
    }
    for (const { name, on } of wanted) {
      if (on) this.session.caps.add(name);
      else this.session.caps.delete(name);
    }
    return true;
  }
}
