/**
 * `parley` as the child of another program (the demo, a test). When the parent ends, however it ends, the channel to it
 * closes, and this process stops as if it had been asked to: no daemon outlives its parent.
 */
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();

await import('../parley.js');
