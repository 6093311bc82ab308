/** The few pages of the daemon's own, without script or style: the content policy allows nothing inline. Texts are ours. */
export function page(title: string, text: string, link?: string): string {
  const action = link === undefined ? '' : `\n<p><a href="/">${link}</a></p>`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Parley: ${title}</title>
<h1>${title}</h1>
<p>${text}</p>${action}
</html>
`;
}
