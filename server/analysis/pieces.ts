/** Texts in pieces: bytes of whole lines. At -m=2 more can be said of a package than a string may hold (v8: 512 MiB). */

/** From how many characters, or bytes, on a piece ends with its line. */
const pieceSize = 1 << 20;

/** The lines as pieces; each line gets its newline. */
export function piecesOf(lines: Iterable<string>, size = pieceSize): Uint8Array[] {
  const encoder = new TextEncoder();
  const pieces: Uint8Array[] = [];
  let text = '';
  for (const line of lines) {
    text += `${line}\n`;
    if (text.length < size) continue;
    pieces.push(encoder.encode(text));
    text = '';
  }
  if (text !== '') pieces.push(encoder.encode(text));
  return pieces;
}

/** Cuts the bytes of such a text into pieces; they share its memory. */
export function cut(bytes: Uint8Array, size = pieceSize): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(10, start + size - 1);
    const end = newline < 0 ? bytes.length : newline + 1;
    pieces.push(bytes.subarray(start, end));
    start = end;
  }
  return pieces;
}
