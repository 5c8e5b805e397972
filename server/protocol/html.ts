/** Parts of the HTML around a page, which the extension shows and the command line writes to files. */

/** A script as the text of an element: nothing in it ends the element, and the map beside it is not looked for. */
export function inScript(text: string): string {
  return text
    .replaceAll('</script', '<\\/script')
    .replaceAll('<!--', '<\\!--')
    .replace(/\/\/# sourceMappingURL=.*\s*$/, '');
}

/** A text with the characters escaped that mean something in HTML. */
export function escapedText(text: string): string {
  return text.replace(/[&<>"]/g, c => `&#${c.charCodeAt(0)};`);
}
