#!/usr/bin/env node
// `npm test [-- jest's arguments]`: whatever is missing is set up and built, then all tests run but the long ones.
import './bootstrap/node-version.mjs';
import { CHROMIUM_MISSING, findChromium, installChromium } from './bootstrap/chromium.mjs';
import { FAKETIME_MISSING, hasPackage, hasProgram, installPackage } from './bootstrap/debian.mjs';
import { FIREFOX_MISSING, findFirefox, installFirefox } from './bootstrap/firefox.mjs';
import { jest } from './bootstrap/jest.mjs';
import { fetchProxies } from './bootstrap/proxies.mjs';
import { main } from './bootstrap/shell.mjs';
import { build } from './build.mjs';
import { setup } from './setup.mjs';

/** Minutes each, of real trackers and peers or of simulation: left out unless they are named, so that all other tests stay a matter of minutes. */
const LONG = [
  '<rootDir>/test/starts/',
  '<rootDir>/test/browser/accessibility-more.test.ts',
  '<rootDir>/test/browser/files-large.test.ts',
  '<rootDir>/test/browser/guest.test.ts',
  '<rootDir>/test/fault/clocks.test.ts',
  '<rootDir>/test/fault/copies.test.ts',
  '<rootDir>/test/fault/dying-blobs.test.ts',
  '<rootDir>/test/fault/file-disk.test.ts',
  '<rootDir>/test/fault/forgetting.test.ts',
  '<rootDir>/test/fault/forgotten.test.ts',
  '<rootDir>/test/fail-over.test.ts',
  '<rootDir>/test/grpc-python.test.ts',
  '<rootDir>/test/irc-clients.test.ts',
  '<rootDir>/test/terminal.test.ts',
  '<rootDir>/test/behind-a-proxy.test.ts',
  '<rootDir>/test/gateway-processes.test.ts',
  '<rootDir>/test/large-burst.test.ts',
  '<rootDir>/test/one-network.test.ts',
  '<rootDir>/test/phone-network.test.ts',
  '<rootDir>/test/proxy-processes.test.ts',
  '<rootDir>/test/trackers-anew.test.ts',
  '<rootDir>/test/fault/tracker-anew.test.ts',
  '<rootDir>/test/simulation/simulation.test.ts',
];

await main(async () => {
  const named = process.argv.slice(2);
  process.exitCode = 1;
  // Of a long one: named by a part of its path, or perhaps by an option of jest.
  const mayRun = (/** @type {string} */ suite) =>
    named.some((word) => word.startsWith('-') || suite.includes(word.replace(/^\.\//, '')));
  let line = '0 passed, 1 failed';
  try {
    await setup();
    if (findChromium() === undefined) await installChromium(console.error);
    // The browser tests fail with this line as well; they are never left out in silence.
    if (findChromium() === undefined) console.error(CHROMIUM_MISSING);
    if (findFirefox() === undefined) await installFirefox(console.error);
    // As with Chromium.
    if (findFirefox() === undefined) console.error(FIREFOX_MISSING);
    if ((mayRun('test/fault/clocks.test.ts') || mayRun('test/fault/forgotten.test.ts')) && !hasProgram('faketime')) {
      await installPackage('faketime', 'the tests of wrong clocks', console.error);
      if (!hasProgram('faketime')) console.error(FAKETIME_MISSING);
    }
    if (mayRun('test/irc-clients.test.ts'))
      // The plugins are only recommended by WeeChat's own package; the tests need the one that reads commands from a FIFO.
      for (const name of ['irssi', 'weechat-headless', 'weechat-plugins', 'tmux'])
        if (!hasProgram(name) && !hasPackage(name)) await installPackage(name, 'the tests of IRC', console.error);
    if (mayRun('test/terminal.test.ts') && !hasProgram('tmux'))
      await installPackage('tmux', 'the tests of the terminal', console.error);
    if (mayRun('test/grpc-python.test.ts') && !hasProgram('grpc_python_plugin'))
      for (const name of ['python3-grpcio', 'protobuf-compiler', 'libprotobuf-dev', 'protobuf-compiler-grpc'])
        await installPackage(name, 'the tests of gRPC', console.error);
    if (!hasProgram('nats-server')) await installPackage('nats-server', 'the tests of clusters', console.error);
    if (!hasProgram('nc')) await installPackage('netcat-openbsd', 'the tests of lines', console.error);
    if (!hasProgram('nft')) await installPackage('nftables', 'the tests of NATs', console.error);
    if (!hasProgram('miniupnpd')) await installPackage('miniupnpd-nftables', 'the tests of routers', console.error);
    await fetchProxies(console.error);
    await build();
    const result = await jest(named.length > 0 ? named : ['--testPathIgnorePatterns', '/node_modules/', ...LONG]);
    process.exitCode = result.code;
    line = result.line ?? '';
  } finally {
    if (line) await lastLine(line);
  }
});

/** Alone on the last line, after all that went to stderr. @param {string} line */
function lastLine(line) {
  return new Promise((resolve) => process.stderr.write('', () => process.stdout.write(`${line}\n`, resolve)));
}
