/** Made at build time by ui/emoji-data.ts, which says what they are. */
declare module 'virtual:emoji/en' {
  const set: unknown;
  export default set;
}

declare module 'virtual:emoji/vi' {
  const names: unknown;
  export default names;
}
