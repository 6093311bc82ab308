// Syntax that every Node with ES modules can read: this runs before we know which one it is.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Parley needs Node 20.19 or newer; this is ${process.version}. Get it from https://nodejs.org/.`);
  process.exit(1);
}
