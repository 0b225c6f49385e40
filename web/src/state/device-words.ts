/** What is said of a device that takes pushes. */
import type { DeviceView } from '@treeline/shared';

/** A phone may be in a tunnel; longer than this is worth a word. */
const DEAF_AFTER_MS = 30 * 60_000;

/** Since when pushes to it were taken by its service and not seen by it. */
export function deafSince({ unseenSince }: Pick<DeviceView, 'unseenSince'>, now: number): number | undefined {
  return unseenSince !== undefined && now - unseenSince > DEAF_AFTER_MS ? unseenSince : undefined;
}

const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/Edg\//, 'Edge'],
  [/Firefox\//, 'Firefox'],
  [/SamsungBrowser\//, 'Samsung Internet'],
  [/Chrome\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'Mac'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
];

/** A name to begin with, such as “Chrome on Android”. */
export function deviceName(userAgent: string): string {
  const named = (from: typeof BROWSERS) => from.find(([pattern]) => pattern.test(userAgent))?.[1];
  return `${named(BROWSERS) ?? 'Browser'} on ${named(SYSTEMS) ?? 'a device'}`;
}

/** Where pushes can work, from what the browser says of itself. */
export interface PushGround {
  readonly secure: boolean;
  readonly host: string;
  readonly hasWorker: boolean;
  readonly hasPush: boolean;
  readonly appleTouch: boolean;
  readonly installed: boolean;
  readonly permission: 'default' | 'granted' | 'denied';
}

export interface PushObstacle {
  readonly what: string;
  readonly hint: string;
}

/** Undefined: nothing stands in the way. */
export function pushObstacle(ground: PushGround): PushObstacle | undefined {
  if (!ground.secure)
    return {
      what: `Browsers allow pushes only over https, and this page came over http from ${ground.host}.`,
      hint: 'Put the relay behind https and give it that address with --public-url, or use an ntfy topic, which works without.',
    };
  if (ground.appleTouch && !ground.installed)
    return {
      what: 'On an iPhone or iPad only an app on the home screen gets pushes.',
      hint: 'Share, then “Add to Home Screen”; open Treeline from there and come back to this page.',
    };
  if (!ground.hasWorker || !ground.hasPush)
    return { what: 'This browser knows no pushes.', hint: 'Use another browser on this device, or an ntfy topic.' };
  if (ground.permission === 'denied')
    return {
      what: 'Notifications of this page are blocked in the browser.',
      hint: 'Allow them beside the address bar, in the settings of this site, then try again.',
    };
  return undefined;
}
