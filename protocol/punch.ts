/**
 * How two devices behind NATs agree to connect to each other at the same moment (SPEC.md section 13), as a machine for both sides: each NAT
 * lets the other's packets in once its own side has sent some out. One machine a device; no socket, no clock, no randomness of its own.
 *
 *   leader:   idle → reflecting → offered → starting → connecting → idle
 *   follower: idle → reflecting → answered → connecting → idle
 */
import type { Punch, RefusalCode, SeenAt } from './punch-messages.js';
import {
  about,
  ANSWER_MS,
  APART_MS,
  ATTEMPTS,
  BUSY_MAX,
  BUSY_MS,
  connect,
  HALF_WAY_MAX_MS,
  IDLE,
  MESSAGES,
  OFFERS,
  reflect,
  RELEASE,
  rest,
  send,
  still,
  waiting,
  type Phase,
  type PunchContext,
  type PunchEffect,
  type PunchInput,
  type PunchState,
  type PunchStep,
} from './punch-state.js';

/** The machine. What is late, doubled, or not for this side changes nothing. */
export function stepPunch(state: PunchState, input: PunchInput, context: PunchContext): PunchStep {
  switch (input.type) {
    case 'up':
      return up(state, context);
    case 'down':
      return down(state);
    case 'anew':
      return anew(state, context);
    case 'time':
      return time(state, context);
    case 'message':
      return message(state, input.message, context);
    case 'reflected':
      return input.run === state.run && state.phase.name === 'reflecting'
        ? reflected(state, state.phase, input.seen, context)
        : still(state);
    case 'ended':
      return input.run === state.run && state.phase.name === 'connecting'
        ? ended(state, input.linked, context)
        : still(state);
  }
}

function up(state: PunchState, context: PunchContext): PunchStep {
  const effects = state.phase.name === 'idle' ? [] : [RELEASE];
  // The other side may have started anew, and count from the beginning.
  const attempt = context.leads ? state.attempt : 0;
  return still(waiting({ ...state, isUp: true, attempt, heard: [] }, context), effects);
}

/** A connection that is on its way is not ended: it may be the reason why the relayed link has gone. */
function down(state: PunchState): PunchStep {
  const gone = { ...state, isUp: false };
  if (state.phase.name === 'connecting') return still(gone);
  return still({ ...gone, phase: IDLE, due: undefined }, state.phase.name === 'idle' ? [] : [RELEASE]);
}

function anew(state: PunchState, context: PunchContext): PunchStep {
  const fresh = { ...state, failures: 0, notBefore: -Infinity };
  const effects: PunchEffect[] = state.phase.name === 'idle' ? [] : [RELEASE];
  if (state.isUp && !context.leads) effects.push(send({ type: 'punch', step: 'call' }));
  return still(waiting(fresh, context), effects);
}

function time(state: PunchState, context: PunchContext): PunchStep {
  const { phase, due } = state;
  if (due === undefined || context.now < due) return still(state);
  switch (phase.name) {
    case 'idle':
      return begin(state, context);
    case 'reflecting':
      return reflected(state, phase, undefined, context);
    case 'offered':
      return tryAgain(state, context);
    case 'answered':
      return still(waiting(state, context), [RELEASE]);
    case 'starting':
      return connect(state, phase.target, 'dialler');
    case 'connecting':
      return still({ ...state, due: undefined });
  }
}

function begin(state: PunchState, context: PunchContext): PunchStep {
  const { now, leads, isBusy, isHard = false } = context;
  if (!leads || !state.isUp) return still({ ...state, due: undefined });
  if (isHard) return still(rest(state, context));
  if (isBusy) return still({ ...state, due: now + about(BUSY_MS / 4, context) });
  const round = { left: ATTEMPTS, roundSince: now };
  return nextAttempt({ ...state, ...round }, context);
}

function nextAttempt(state: PunchState, context: PunchContext): PunchStep {
  const { attempt, left } = state;
  return reflect({ ...state, attempt: attempt + 1, left: left - 1 }, context, undefined);
}

/** The leader's attempt has come to nothing. */
function tryAgain(state: PunchState, context: PunchContext): PunchStep {
  const isHard = context.isHard === true;
  if (!state.isUp || state.left === 0 || isHard) return still(rest(state, context, !isHard), [RELEASE]);
  const { state: next, effects } = nextAttempt(state, context);
  return still(next, [RELEASE, ...effects]);
}

function reflected(
  state: PunchState,
  { since, target }: Extract<Phase, { name: 'reflecting' }>,
  seen: SeenAt | undefined,
  context: PunchContext,
): PunchStep {
  const { attempt } = state;
  const { now, leads, permits } = context;
  if (!leads && !target) return still(waiting(state, context), [RELEASE]);
  if (!seen) return leads ? later(state, context) : refused(state, 'no_reflector', context);
  if (!target) {
    const phase: Phase = { name: 'offered', since: now, seen };
    return still({ ...state, phase, due: now + ANSWER_MS }, [send({ type: 'punch', step: 'offer', attempt, seen })]);
  }
  if (!permits(target, seen)) return refused(state, 'bad_address', context);
  const ms = Math.min(60_000, Math.max(0, Math.round(now - since)));
  const answer = send({ type: 'punch', step: 'answer', attempt, seen, ms });
  return still({ ...state, phase: { name: 'answered', target }, due: now + ANSWER_MS }, [answer]);
}

/** Of the follower. */
function refused(state: PunchState, code: RefusalCode, context: PunchContext): PunchStep {
  const release = state.phase.name === 'idle' ? [] : [RELEASE];
  const { attempt } = state;
  return still(waiting(state, context), [...release, send({ type: 'punch', step: 'refuse', attempt, code })]);
}

function message(before: PunchState, said: Punch, context: PunchContext): PunchStep {
  const { now, leads } = context;
  const heard = before.heard.filter((at) => now - at < MESSAGES.inMs);
  if (!before.isUp || heard.length >= MESSAGES.max) return still(before);
  const state = { ...before, heard: [...heard, now] };
  if (said.step === 'call') return leads ? called(state, context) : still(state);
  if (said.step === 'offer') return leads ? still(state) : offered(state, said.attempt, said.seen, context);
  if (said.attempt !== state.attempt) return still(state);
  const { phase } = state;
  switch (said.step) {
    case 'go':
      return phase.name === 'answered' ? connect(state, phase.target, 'listener') : still(state);
    case 'answer':
      return phase.name === 'offered' ? answered(state, phase, said, context) : still(state);
    case 'refuse':
      return phase.name === 'offered' ? hearRefusal(state, said.code, context) : still(state);
  }
}

/** The follower's network is another one. */
function called(state: PunchState, context: PunchContext): PunchStep {
  if (state.phase.name !== 'idle') return still(state);
  const notBefore = Math.min(state.notBefore, state.roundSince + APART_MS);
  return still(waiting({ ...state, failures: 0, notBefore }, context));
}

function offered(before: PunchState, attempt: number, target: SeenAt, context: PunchContext): PunchStep {
  const { now, isBusy, isHard = false } = context;
  if (attempt <= before.attempt) return still(before);
  const release = before.phase.name === 'idle' ? [] : [RELEASE];
  const offers = before.offers.filter((at) => now - at < OFFERS.inMs);
  const state: PunchState = { ...before, attempt, offers, phase: IDLE, due: undefined };
  const refuse = (code: RefusalCode): PunchStep => {
    const { state: next, effects } = refused(state, code, context);
    return still(next, [...release, ...effects]);
  };
  if (isHard) return refuse('hard');
  if (isBusy) return refuse('busy');
  if (offers.length >= OFFERS.max) return refuse('too_often');
  const { state: next, effects } = reflect({ ...state, offers: [...offers, now] }, context, target);
  return still(next, [...release, ...effects]);
}

/** The other side hears go after half of what its answer's way back and forth took: then this one connects too. */
function answered(
  state: PunchState,
  { since, seen }: Extract<Phase, { name: 'offered' }>,
  { seen: target, ms, attempt }: Extract<Punch, { step: 'answer' }>,
  context: PunchContext,
): PunchStep {
  const { now, permits } = context;
  if (!permits(target, seen)) return still(rest(state, context), [RELEASE]);
  const roundTrip = Math.max(0, now - since - ms);
  const due = now + Math.min(HALF_WAY_MAX_MS, roundTrip / 2);
  return still({ ...state, busies: 0, phase: { name: 'starting', target }, due }, [
    send({ type: 'punch', step: 'go', attempt }),
  ]);
}

function hearRefusal(state: PunchState, code: string, context: PunchContext): PunchStep {
  const isPassing = code === 'busy' || code === 'no_reflector';
  return isPassing ? later(state, context) : still(rest(state, context), [RELEASE]);
}

/** The leader could not even begin; soon again, though not for ever. */
function later(state: PunchState, context: PunchContext): PunchStep {
  if (state.busies >= BUSY_MAX) return still(rest(state, context), [RELEASE]);
  const notBefore = context.now + about(BUSY_MS, context);
  return still(waiting({ ...state, busies: state.busies + 1, notBefore }, context), [RELEASE]);
}

function ended(state: PunchState, linked: boolean, context: PunchContext): PunchStep {
  if (linked) return still(waiting({ ...state, failures: 0, notBefore: context.now + APART_MS }, context));
  return context.leads ? tryAgain(state, context) : still(waiting(state, context), [RELEASE]);
}
