import { useEffect, useState } from 'preact/hooks';

/** Modules of white that a reader needs around the code (ISO/IEC 18004). */
const QUIET = 4;

interface Drawing {
  readonly size: number;
  readonly path: string;
}

/** A QR code as one SVG path: dark on white in both themes, since many readers know no other. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const [drawing, setDrawing] = useState<Drawing>();
  useEffect(() => {
    let wanted = true;
    // Where the encoder cannot be loaded, the place stays empty: the text stands beside it.
    draw(text).then(
      (drawn) => wanted && setDrawing(drawn),
      () => undefined,
    );
    return () => void (wanted = false);
  }, [text]);
  const { size, path } = drawing ?? { size: 1, path: '' };
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shape-rendering="crispEdges">
      <rect width={size} height={size} class="qr-ground" />
      <path d={path} class="qr-modules" />
    </svg>
  );
}

/** The encoder weighs as much as a good part of the UI and is seldom needed, so it comes when it is. */
async function draw(text: string): Promise<Drawing> {
  const { encode } = await import('uqr');
  const { size, data } = encode(text, { ecc: 'M', border: QUIET });
  const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
  return { size, path };
}
