/** Which system's plan a service has, and what none of them can hold. */
import { ParleyError } from '../../protocol/errors.js';
import { launchAgent } from './launchd.js';
import type { ServiceOwner, ServicePlan, ServiceSpec } from './plan.js';
import { systemdUnit } from './systemd.js';
import { windowsTask } from './windows-task.js';

const plans: Partial<Record<NodeJS.Platform, (spec: ServiceSpec, owner: ServiceOwner) => ServicePlan>> = {
  linux: systemdUnit,
  darwin: launchAgent,
  win32: windowsTask,
};

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
/** None of the three formats can hold it. */
const CONTROL = /[\u0000-\u001f\u007f]/;

/** @throws ParleyError bad_request: a name or an argument that cannot be, or a system that has no such service */
export function servicePlan(platform: NodeJS.Platform, spec: ServiceSpec, owner: ServiceOwner): ServicePlan {
  const plan = plans[platform];
  if (!plan)
    throw new ParleyError('bad_request', `Services are known for Linux (systemd), macOS and Windows, not ${platform}.`);
  if (!NAME.test(spec.name))
    throw new ParleyError(
      'bad_request',
      'The name of a service has 1 to 64 letters, digits, "-", "_" and "."; choose another --name.',
    );
  const wrong = [...spec.command, spec.folder].find((part) => CONTROL.test(part));
  if (wrong !== undefined)
    throw new ParleyError('bad_request', `${JSON.stringify(wrong)} holds a control character; leave it out.`);
  return plan(spec, owner);
}
