/**
 * `parley` as the child of another program (the demo, a test): when that one is gone, in whichever way, this one stops
 * too, as if it had been asked to. Nothing that it started can be left over.
 */
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();

await import('../parley.js');
