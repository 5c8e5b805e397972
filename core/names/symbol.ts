/**
 * Linker symbol names: which package a symbol belongs to, by its name alone (cmd/internal/objabi, debug/gosym's
 * Sym.PackageName).
 */

/** Import path of the package that a symbol is of; empty for the linker's own (`go:…`, `type:…` of no package). */
export function packageOfSymbol(name: string): string {
  let text = name;
  if (text.startsWith('type:')) text = typeName(text.slice('type:'.length));
  else if (text.startsWith('go:itab.')) text = typeName(text.slice('go:itab.'.length).split(',')[0]);
  else if (text.startsWith('go:')) return '';
  const bracket = text.indexOf('[');
  const head = bracket < 0 ? text : text.slice(0, bracket);
  const slash = head.lastIndexOf('/');
  const dot = head.indexOf('.', slash < 0 ? 0 : slash);
  return dot <= 0 ? '' : unescapePath(head.slice(0, dot));
}

/** The type's own name, without what it is composed of: `*net/http.Server` is of net/http. */
function typeName(text: string): string {
  const plain = text.replace(/^(?:\.(?:eq|hash|namedata|importpath)\.?|noalg\.)+/, '');
  return plain.replace(/^(?:\*|\[\]|\[\d+\]|chan |<-chan |map\[[^\]]*\])+/, '');
}

/** Import paths in symbols have `.` of the last element, `%`, `"` and control characters as %xx (objabi.PathToPrefix). */
export function unescapePath(path: string): string {
  return path.includes('%')
    ? path.replace(/%([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : path;
}
