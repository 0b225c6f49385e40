/** A test notification, followed from the press to the device. */
import type { DeviceId } from '@treeline/shared';
import type { Pushes } from '../../../relay/pushes.ts';

export interface TestOutcome {
  readonly well: boolean;
  readonly text: string;
}

const LOOK_EVERY_MS = 500;
const LOOKS = 20;

/** Reports each step in words. Rejects when the relay does not answer. */
export async function runTest(
  pushes: Pushes,
  to: DeviceId | 'ntfy',
  report: (outcome: TestOutcome) => void,
): Promise<void> {
  const pressed = Date.now();
  const { accepted, detail, tookMs } = await pushes.test(to);
  if (!accepted) return report({ well: false, text: detail });
  const taken = `${detail} in ${tookMs} ms`;
  if (to === 'ntfy') return report({ well: true, text: `${taken}. Look at the app that follows the topic.` });
  report({ well: true, text: `${taken} …` });
  for (let look = 0; look < LOOKS; look++) {
    const device = (await pushes.view()).devices.find((one) => one.id === to);
    if (device === undefined) return report({ well: false, text: `${taken}, and the device is gone.` });
    if (device.unseenSince === undefined && device.lastSeenAt !== undefined) {
      const seconds = ((Date.now() - pressed) / 1000).toFixed(1);
      return report({ well: true, text: `${taken}, and it arrived here ${seconds} s after you pressed.` });
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  const hint = 'Check that the system lets this browser notify, and that battery saving does not hold it back.';
  report({ well: false, text: `${taken}, but it has not arrived. ${hint}` });
}
