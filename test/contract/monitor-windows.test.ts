import { describe } from '@jest/globals';
import { fakeBus } from '../fakes/bus.ts';
import { fakeMonitorWindows } from '../fakes/monitor-windows.ts';
import { monitorWindowsContract } from './suites/monitor-windows.ts';

describe('fakeMonitorWindows', () => {
  monitorWindowsContract(async () => {
    const bus = fakeBus();
    return { windows: fakeMonitorWindows(bus), bus };
  });
});
