import type { RunnerView } from '@treeline/shared';

const GB = 1024 ** 3;

/** What a machine has to spare, and whether it is well, in a line. */
export function healthText(health: NonNullable<RunnerView['health']>): string {
  const { cpu, memoryFreeBytes, diskFreeBytes, temperatureC, throttled } = health;
  const parts = [
    cpu !== undefined && `CPU ${Math.round(cpu * 100)} %`,
    memoryFreeBytes !== undefined && `${(memoryFreeBytes / GB).toFixed(1)} GB memory free`,
    diskFreeBytes !== undefined && `${Math.round(diskFreeBytes / GB)} GB disk free`,
    temperatureC !== undefined && `${Math.round(temperatureC)} °C`,
    throttled === true && 'throttled: too hot, or too little power',
  ];
  return parts.filter(Boolean).join(' · ');
}
