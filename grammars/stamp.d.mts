/** SHA-256, in hexadecimal, over the grammar's sources and the version of tree-sitter-go that it extends. */
export function sourceHash(): string;
