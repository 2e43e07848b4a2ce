/**
 * Loaded before a part's program (`node --import`): when the process that started the part is gone, its end of the part's
 * stdin closes, and the part stops as on SIGTERM, so that nothing outlives a killed world.
 */
const graceMs = 5000;

process.stdin.on('end', stop).on('error', stop).resume();
if ('unref' in process.stdin) process.stdin.unref();

function stop(): void {
  process.kill(process.pid, 'SIGTERM');
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), graceMs).unref();
}
