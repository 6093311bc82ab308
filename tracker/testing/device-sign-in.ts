/** Signs in by the key of a device as a peer does, with whatever a test wants to have wrong. */
import { sign } from 'node:crypto';
import { registerBytes, sessionBytes } from '../../protocol/device-proof.js';
import type { TestDevice } from './device.js';
import type { Answer, TestTracker, TestUser } from './test-tracker.js';

/** Registers the device in this session: its certificate, PEM. */
export async function certified(user: TestUser, device: TestDevice): Promise<string> {
  const { body } = await user.submit({ device: device.device, csr: await device.csr(user.username) });
  return String(body['certificate']);
}

export async function challengeFor(at: TestTracker, { device }: Pick<TestDevice, 'device'>): Promise<string> {
  const { body } = await at.post('/session/challenge', { device });
  return String(body['challenge']);
}

interface Given {
  readonly challenge?: string;
  readonly sig?: string;
  readonly certificate?: string;
}

export async function signIn(at: TestTracker, device: TestDevice, more: Given = {}): Promise<Answer> {
  const challenge = more.challenge ?? (await challengeFor(at, device));
  const sig = sign(null, sessionBytes(challenge), device.privateKey).toString('base64url');
  return at.post('/session', { device: device.device, challenge, sig, ...more });
}

export async function registerProof(
  at: TestTracker,
  device: TestDevice,
  certificate: string,
  what: 'register' | 'session' = 'register',
  challenge?: string,
): Promise<{ certificate: string; challenge: string; sig: string }> {
  const asked = challenge ?? (await challengeFor(at, device));
  const bytes = what === 'register' ? registerBytes(asked) : sessionBytes(asked);
  return { certificate, challenge: asked, sig: sign(null, bytes, device.privateKey).toString('base64url') };
}
