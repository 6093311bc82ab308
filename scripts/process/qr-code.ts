/** A text as a QR code of half blocks, for a terminal; the library is loaded when one is drawn. */
export async function qrCode(text: string): Promise<string> {
  const { renderUnicodeCompact } = await import('uqr');
  return renderUnicodeCompact(text, { border: 2 });
}
