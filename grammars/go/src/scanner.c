// The automatic semicolon (spec "Semicolons"; syntax/scanner.go next): where the grammar can end a statement, the first
// newline ends it, and so do a comment that contains a newline and the end of the file.
//
// The scanner keeps no state. It is asked only where a semicolon may stand, which is always after a token that makes
// gc insert one (a name, a literal, `)`, `]`, `}`, `++`, `--`, return, break, continue, fallthrough).

#include "tree_sitter/parser.h"

enum { NEWLINE };

void *tree_sitter_gospect_go_external_scanner_create(void) { return 0; }
void tree_sitter_gospect_go_external_scanner_destroy(void *payload) {}
unsigned tree_sitter_gospect_go_external_scanner_serialize(void *payload, char *buffer) { return 0; }
void tree_sitter_gospect_go_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {}

bool tree_sitter_gospect_go_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid) {
  if (!valid[NEWLINE]) return false;
  lexer->result_symbol = NEWLINE;
  for (;;) {
    int32_t c = lexer->lookahead;
    if (c == ' ' || c == '\t' || c == '\r') {
      lexer->advance(lexer, true);
      continue;
    }
    if (c == '\n') {
      lexer->advance(lexer, false);
      lexer->mark_end(lexer);
      return true;
    }
    if (c == 0) {
      lexer->mark_end(lexer);
      return lexer->eof(lexer);
    }
    if (c != '/') return false;
    lexer->mark_end(lexer);
    lexer->advance(lexer, false);
    if (lexer->lookahead != '*') return false;
    lexer->advance(lexer, false);
    for (;;) {
      if (lexer->lookahead == '\n') return true;
      if (lexer->lookahead == 0 && lexer->eof(lexer)) return false;
      bool star = lexer->lookahead == '*';
      lexer->advance(lexer, false);
      if (star && lexer->lookahead == '/') return false;
    }
  }
}
