// Who may import whom (docs/ARCHITECTURE.md). Order, one way only; the reason stands beside each rule, since whoever
// breaks one reads it there. Read by test/architecture.test.ts.

/** Tests and what only they use may reach everywhere: they are no part of the program. */
const testFile = String.raw`(\.test\.tsx?$|(^|/)test-[^/]+\.tsx?$|(^|/)testing/|^test/)`;

/**
 * The layers of a peer, lowest first. A layer imports those below it; the folders of one layer do not know each other.
 * What is not named here (peer/*.ts) wires the others together and is the top.
 */
const peerLayers = [
  { folders: ['file-services.ts'], reason: 'it is a part of that contract, and rests on none of it' },
  { folders: ['hook-services.ts'], reason: 'it is a part of that contract, and rests on none of it' },
  { folders: ['reach-services.ts'], reason: 'it is a part of that contract, and rests on none of it' },
  { folders: ['personal-services.ts'], reason: 'it is a part of that contract, and rests on none of it' },
  { folders: ['trust-services.ts'], reason: 'it is a part of that contract, and rests on none of it' },
  { folders: ['services.ts'], reason: 'it is the contract between the parts, so it can rest on none of them' },
  { folders: ['events', 'clock', 'identity'], reason: 'they are what all others are built from' },
  { folders: ['settings'], reason: 'it keeps what was chosen, in the same private files as the identity' },
  {
    folders: ['store', 'link', 'tracker-client'],
    reason: 'they do I/O and decide nothing: what to keep, send or ask for is decided above',
  },
  { folders: ['reach'], reason: 'by which way a device is reached is nothing to those who say which one' },
  { folders: ['doctor'], reason: 'it looks at the network and the tracker itself, also where no peer runs' },
  { folders: ['log', 'files'], reason: 'history is written the same way whichever link or door an entry came through' },
  {
    folders: ['mesh', 'commands', 'people', 'invites'],
    reason: 'the mesh and the commands meet in the log, never directly, so that either can be run without the other',
  },
  {
    folders: ['mailbox'],
    reason:
      'a letter is read as a link is: by the rules of the mesh and the one way into the log, which know nothing of it',
  },
  {
    folders: ['hooks'],
    reason:
      'a hook is told what any door is told, and posts by the same command; which address leads to it, a door knows',
  },
  { folders: ['export'], reason: 'it is what the user sees, written down: it reads as any door does, and has none' },
  {
    folders: ['local', 'doors'],
    reason: 'a door translates; the terminal, gRPC and bots are other doors to the same commands',
  },
  {
    folders: ['setup'],
    reason: 'it opens a local door before there is a peer, and knows nothing of what a peer is made of',
  },
];

const inPeer = (/** @type {readonly string[]} */ folders) =>
  `^peer/(${folders.map((folder) => (folder.endsWith('.ts') ? folder.replace('.', String.raw`\.`) + '$' : `${folder}/`)).join('|')})`;

const layerRules = peerLayers.flatMap(({ folders, reason }, index) =>
  folders.map((folder) => ({
    name: `peer-${folder.replace('.ts', '')}-knows-only-lower-layers`,
    comment: `peer/${folder} may import only lower layers of the peer: ${reason}.`,
    severity: /** @type {const} */ ('error'),
    from: { path: inPeer([folder]), pathNot: testFile },
    to: { path: '^peer/', pathNot: inPeer([folder, ...peerLayers.slice(0, index).flatMap((lower) => lower.folders)]) },
  })),
);

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'protocol-is-pure',
      comment:
        'protocol/ has no socket, file, clock or randomness, so that a simulator, a browser and a test can all run it: of Node only node:crypto (to hash and to check) and node:buffer, of packages only typebox and canonicalize.',
      severity: 'error',
      from: { path: '^protocol/', pathNot: testFile },
      to: { pathNot: String.raw`^protocol/|^(node:)?(crypto|buffer)$|node_modules/(typebox|canonicalize)/` },
    },
    {
      name: 'tracker-imports-protocol-only',
      comment: 'tracker/ imports protocol/ alone: a tracker that knew a peer could learn to read what peers say.',
      severity: 'error',
      from: { path: '^tracker/', pathNot: testFile },
      to: { path: '^(peer|ui|scripts|test)/' },
    },
    {
      name: 'peer-imports-protocol-only',
      comment:
        'peer/ imports protocol/ alone: what it must know of the tracker is written in protocol/, else it is no contract.',
      severity: 'error',
      from: { path: '^peer/', pathNot: testFile },
      to: { path: '^(tracker|ui|scripts|test)/' },
    },
    {
      name: 'doors-know-services-and-commands',
      comment:
        'peer/doors/ sees of the peer its services and the one table of commands: a door has no rule of its own about messages, and works the same whoever hosts the peer.',
      severity: 'error',
      from: { path: '^peer/doors/', pathNot: testFile },
      to: { path: '^peer/', pathNot: String.raw`^peer/(doors/|commands/|services\.ts$)` },
    },
    {
      name: 'ui-imports-the-local-contract',
      comment:
        'ui/ imports of protocol/ only local-api (types alone), ids, errors, limits, entry-kinds and what a text, a password, a name, a file, a command and an action is (text, visible, folding, password, confusable, hook-name, invite-code, files, file-types, slash-commands, action, mentions) and what the doctor says (doctor-texts): the browser needs no wire, no hashing and no validator, and nothing of the daemon. How the pages are built shares the text of licences with the programs.',
      severity: 'error',
      from: { path: '^ui/', pathNot: testFile },
      to: {
        path: '^(protocol|tracker|peer|scripts|test)/',
        pathNot: String.raw`^protocol/(local-api|ids|errors|limits|entry-kinds|text|visible|folding|password|confusable|hook-name|invite-code|files|file-types|slash-commands|action|mentions|doctor-texts)\.ts$|^scripts/bootstrap/licences\.mjs$`,
      },
    },
    {
      name: 'ui-takes-types-of-local-api',
      comment:
        'ui/ imports the types of protocol/local-api alone (import type): a value would bring TypeBox into the browser.',
      severity: 'error',
      from: { path: '^ui/', pathNot: testFile },
      to: { path: String.raw`^protocol/local-api\.ts$`, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-node-in-the-browser',
      comment: 'ui/src runs in a browser: Node has nothing for it.',
      severity: 'error',
      from: { path: '^ui/src/', pathNot: testFile },
      to: { dependencyTypes: ['core'] },
    },
    ...layerRules,
    {
      name: 'no-cycle',
      comment: 'Imports go one way: a cycle is one thing in two files, and loads in an order that nobody chose.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-test-support-in-the-program',
      comment: 'The program imports no test and nothing made for tests: what it ships is what it runs on.',
      severity: 'error',
      from: { path: '^(protocol|tracker|peer|ui|scripts)/', pathNot: testFile },
      to: { path: testFile },
    },
    {
      name: 'no-development-package-in-the-program',
      comment: 'The daemons run with dependencies alone; what builds or tests is a devDependency and may be absent.',
      severity: 'error',
      // Measurements of the chat window need a browser, as the tests do.
      from: { path: '^(protocol|tracker|peer|scripts)/.*[.]ts$', pathNot: [testFile, '^scripts/bench/ui'] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: '@types/' },
    },
    {
      name: 'nothing-unresolved',
      comment: 'An import leads somewhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '^dist/'] },
    exclude: { path: '^dist/' },
    // Types couple as much as values do.
    tsPreCompilationDeps: true,
    detectJSDocImports: false,
    enhancedResolveOptions: {
      // parley.ts before parley.mjs.
      extensions: ['.ts', '.tsx', '.d.ts', '.js', '.mjs', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
