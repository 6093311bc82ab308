/** The mark of Parley: two speech bubbles, as in the chat window. */
export const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#2f5fd0" /><path d="M7 9.5A2.5 2.5 0 0 1 9.5 7h8A2.5 2.5 0 0 1 20 9.5v5a2.5 2.5 0 0 1-2.5 2.5H12l-3.400 2.9A1 1 0 0 1 7 19.1z" fill="#fff" /><path d="M22 12.200h.5A2.5 2.5 0 0 1 25 14.700v9.400a1 1 0 0 1-1.600.8L20 22h-5.5a2.5 2.5 0 0 1-2.400-1.900l.7-.6h4.700a5 5 0 0 0 4.5-5z" fill="#bcd0ff" /></svg>';

/** The one style sheet of the tracker's pages: colours and sizes are those of the chat window; light and dark by the system's choice, contrast AA in both. */
export const stylesheet = `
:root {
  --ground: #f3f4f8; --card: #ffffff; --line: #dfe2ea; --edge: #868d9b; --field: #ffffff; --text: #1b1f27; --quiet: #565d6b;
  --accent: #2f5fd0; --accent-text: #ffffff; --link: #2456c4; --accent-soft: #e8eefc; --error: #8a1c17; --error-soft: #fde7e5;
  --green: #1a7f4b; --amber: #8a5d00; --red: #b3261e;
  color-scheme: light dark;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #16181d; --card: #232730; --line: #2f343f; --edge: #6e7686; --field: #16181d; --text: #e8eaef; --quiet: #a4abba;
    --accent: #3d69d6; --accent-text: #ffffff; --link: #94b4ff; --accent-soft: #1f2a45; --error: #ffb9b1; --error-soft: #43211e;
    --green: #4cc38a; --amber: #e2b340; --red: #ff8f85;
  }
}
*, *::before, *::after { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; display: flex; flex-direction: column; background: var(--ground); color: var(--text);
  font: 0.9375rem/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif;
}
a { color: var(--link); text-underline-offset: 0.15em; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 4px; }
.skip { position: absolute; left: -100vw; padding: 0.5rem 1rem; background: var(--card); }
.skip:focus { left: 0.5rem; top: 0.5rem; z-index: 1; }
.visually-hidden {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}
.top { background: var(--card); border-bottom: 1px solid var(--line); }
.bar {
  max-width: 62rem; margin: 0 auto; padding: 0.75rem 1.25rem; min-height: 3.75rem;
  display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0.5rem 1rem;
}
.brand {
  display: inline-flex; align-items: center; gap: 0.6rem; font-weight: 600; color: var(--text); text-decoration: none;
}
.brand .quiet { font-weight: 400; }
.mark { width: 1.75rem; height: 1.75rem; }
.who { display: flex; align-items: center; gap: 0.75rem; margin: 0; }
main { width: 100%; margin: 0 auto; padding: 1.5rem 1.25rem 2.5rem; flex: 1; }
main.wide { max-width: 62rem; }
main.middle { max-width: 44rem; }
main.narrow { max-width: 26rem; padding-top: min(10vh, 5rem); }
.card {
  background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 1.25rem 1.5rem 1.5rem;
  margin-bottom: 1.25rem; min-width: 0;
}
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 0 1.25rem; align-items: start; }
h1, h2, h3, strong { font-weight: 600; }
h1 { font-size: 1.375rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.125rem; line-height: 1.3; margin: 0 0 0.75rem; }
h3 { font-size: 0.9375rem; margin: 1rem 0 0.35rem; }
p { margin: 0 0 1rem; }
.card > :last-child { margin-bottom: 0; }
.quiet, .hint, .topic, .address { color: var(--quiet); }
.hint { font-size: 0.8125rem; margin: 0.5rem 0 0; }
.after { margin-top: 1.25rem; }
.count {
  font-size: 0.8125rem; font-weight: 400; color: var(--quiet); background: var(--ground); border-radius: 999px;
  padding: 0.1rem 0.55rem; margin-left: 0.25rem;
}
.tag { font-size: 0.75rem; font-weight: 400; color: var(--link); background: var(--accent-soft); border-radius: 4px; padding: 0.05rem 0.4rem; }
.notice { background: var(--accent-soft); border-radius: 6px; padding: 0.75rem 1rem; white-space: pre-line; overflow-wrap: anywhere; }
.error { background: var(--error-soft); color: var(--error); border-radius: 6px; padding: 0.75rem 1rem; margin: 0; }
.stack { display: grid; gap: 1.1rem; }
.field label { display: block; font-weight: 600; margin-bottom: 0.3rem; }
input, select, textarea {
  width: 100%; font: inherit; color: inherit; background: var(--field); border: 1px solid var(--edge);
  border-radius: 6px; padding: 0.55rem 0.75rem;
}
button, .button {
  display: inline-block; font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer;
  color: var(--accent-text); background: var(--accent); border: 1px solid var(--accent); border-radius: 6px;
  padding: 0.55rem 1.1rem;
}
button:hover, .button:hover { filter: brightness(1.08); }
.plain { color: var(--text); background: var(--card); border-color: var(--edge); }
.plain:hover { background: var(--ground); filter: none; }
.small { font-size: 0.8125rem; padding: 0.25rem 0.75rem; }
.danger { color: var(--error); }
.danger:hover { background: var(--error-soft); }
.actions { display: flex; flex-wrap: wrap; gap: 0.75rem; }
pre {
  margin: 0; overflow-x: auto; background: var(--ground); border: 1px solid var(--line); border-radius: 6px;
  padding: 0.75rem 1rem; font-size: 0.8125rem;
}
th code { font-weight: 400; }
pre.command { white-space: pre-wrap; overflow-wrap: anywhere; }
p code { overflow-wrap: anywhere; }
code { font-family: ui-monospace, 'SF Mono', 'Cascadia Mono', 'Liberation Mono', monospace; font-size: 0.8125rem; }
.scroll { overflow: auto; max-height: 24rem; }
.scroll.whole { max-height: none; }
table { width: 100%; border-collapse: collapse; }
th, td { text-align: left; padding: 0.5rem 0.75rem 0.5rem 0; border-top: 1px solid var(--line); vertical-align: baseline; }
thead th { border-top: 0; padding-top: 0; font-size: 0.8125rem; font-weight: 400; color: var(--quiet); }
tbody th { font-weight: 600; overflow-wrap: anywhere; min-width: 5.5rem; }
.date { white-space: nowrap; font-variant-numeric: tabular-nums; }
.topic { display: block; font-weight: 400; font-size: 0.8125rem; }
.address { font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.number { text-align: right; padding-right: 0; font-variant-numeric: tabular-nums; }
.number form { margin: 0; }
.dot { display: inline-block; width: 0.6rem; height: 0.6rem; border-radius: 50%; margin-right: 0.45rem; background: var(--green); }
.dot.away { background: var(--amber); }
.dot.busy { background: var(--red); }
details { border-top: 1px solid var(--line); padding: 0.6rem 0; }
summary { cursor: pointer; overflow-wrap: anywhere; }
summary .quiet { margin-left: 0.5rem; }
details[open] > summary { margin-bottom: 0.75rem; }
.tabs { display: flex; flex-wrap: wrap; gap: 0.25rem; margin-bottom: 1.25rem; }
.tabs a { padding: 0.4rem 0.9rem; border-radius: 6px; text-decoration: none; }
.tabs a:hover { background: var(--accent-soft); }
.tabs a[aria-current] { background: var(--accent-soft); font-weight: 600; }
.ask { border: 0; padding: 0; }
.deeds .ask { width: 12rem; }
.deeds .ask > .button { width: 100%; }
.filter { display: flex; flex-wrap: wrap; gap: 0.75rem; align-items: end; margin-bottom: 1.25rem; }
.filter .field { flex: 1 1 12rem; }
.qr svg { display: block; width: 14rem; max-width: 100%; height: auto; margin: 1rem 0; border-radius: 6px; }
.deeds { list-style: none; padding: 0; margin: 1.25rem 0 0; display: grid; gap: 0.75rem; }
.deeds li { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; align-items: center; }
.deeds form { margin: 0; min-width: 12rem; }
.deeds button { width: 100%; }
.deeds .hint { margin: 0; flex: 1 1 14rem; }
.deeds .ask .hint { margin: 0 0 0.75rem; }
h1 .tag, th .tag { margin-left: 0.4rem; vertical-align: middle; }
.foot { color: var(--quiet); font-size: 0.8125rem; text-align: center; padding: 1rem; }
@media (max-width: 32rem) {
  .card { padding: 1rem; }
  main { padding: 1rem 0.75rem 2rem; }
  .bar { padding: 0.6rem 0.75rem; }
  .tabs { gap: 0; justify-content: space-between; }
  .tabs a { padding: 0.4rem 0.5rem; }
  .date { font-size: 0.8125rem; }
}
`;
