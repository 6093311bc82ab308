/**
 * A peer that outlives damage to its history, a tracker that was set up anew, the news that it is a copy, and another choice of how it is
 * reached: it is started anew, which mends, follows, gives a new key, or obeys, on the same ports and for the same browsers.
 */
import { isParleyError, ParleyError } from '../protocol/errors.js';
import type { PeerConfig } from './config.js';
import { LoginLinks } from './local/sessions.js';
import { startPeer, type RunningPeer } from './main.js';
import type { WhyOver } from './peer.js';
import type { Log } from './services.js';

export interface RestartingPeer extends Pick<RunningPeer, 'ready' | 'close'> {
  /** Rejects when it could not be started anew; never resolves. */
  readonly failed: Promise<never>;
}

/** In one life: a disk that spoils more than this is not to be trusted with anything. */
const MENDS_MAX = 3;

/** @throws as `startPeer`; `storage_damaged` only for a disk that spoils again and again */
export async function startRestartingPeer(config: PeerConfig, log: Log): Promise<RestartingPeer> {
  const links = new LoginLinks();
  let again = false;
  let mends = 0;
  let closing = false;
  async function start(wanted: PeerConfig): Promise<RunningPeer> {
    try {
      return await startPeer(wanted, log, links, again);
    } catch (error) {
      if (!isParleyError(error) || error.code !== 'storage_damaged') throw error;
      return startAnew(wanted);
    }
  }
  function startAnew(wanted: PeerConfig): Promise<RunningPeer> {
    if (++mends > MENDS_MAX)
      throw new ParleyError('storage_damaged', 'The history is damaged again and again. Check the disk.');
    log.warn({}, 'the peer starts anew, to mend its history');
    return start(wanted);
  }
  function follow(): Promise<RunningPeer> {
    log.warn({}, 'the peer starts anew, to go on with its tracker');
    // What it was first told of its tracker is not true of this one.
    same = { ...same, invitedCa: undefined, inviteCode: undefined, password: undefined, register: false };
    return start(same);
  }

  function startAgain(why: WhyOver): Promise<RunningPeer> {
    if (why === 'damaged') return startAnew(same);
    if (why === 'tracker') return follow();
    return why === 'reach' ? goOn() : startAsNewDevice(same);
  }

  function goOn(): Promise<RunningPeer> {
    log.info({}, 'the peer starts anew, to be reached as its user has chosen');
    // The choice was kept; what it was started with counts no more.
    same = { ...same, relayOnly: undefined, register: false };
    return start(same);
  }

  function startAsNewDevice(wanted: PeerConfig): Promise<RunningPeer> {
    log.warn({}, 'the peer starts anew, as a new device');
    return start(wanted);
  }

  /** Known at once: then nobody has seen it yet. */
  async function startOnce(): Promise<RunningPeer> {
    const peer = await start(config);
    const why = await Promise.race([peer.over, Promise.resolve('started' as const)]);
    if (why !== 'copied') return peer;
    await peer.close();
    return startAsNewDevice(config);
  }

  const first = await startOnce();
  const { p2p, ui, irc, grpc } = first.ready;
  let same: PeerConfig = { ...config, peerPort: p2p.port, uiPort: Number(new URL(ui).port), ircPort: irc, grpc };
  again = true;
  let current = Promise.resolve(first);
  const failed = new Promise<never>((_resolve, reject) => {
    const watch = (peer: RunningPeer): void => {
      void peer.over.then((why) => {
        if (closing) return;
        current = peer.close().then(() => startAgain(why));
        current.then(watch, reject);
      });
    };
    watch(first);
  });
  return {
    ready: first.ready,
    failed,
    async close() {
      closing = true;
      await (await current).close();
    },
  };
}
