// Walks a syntax tree once and writes its nodes as plain integers, so that JavaScript makes one call per tree instead
// of several per node.
//
// Each visible node becomes four int32: its symbol, its first and past-the-end offset in UTF-16 units, and the index
// (in int32s) of the first record that is not below it. Records are in preorder: a node's first child follows it, its
// next sibling is at `next`. Comments are left out of the tree and written to a list of their own (start, end).
//
// The functions it calls are web-tree-sitter's own exports; they pass the cursor through the transfer buffer, which
// lives in the memory that is shared. Nothing here has state or needs a stack.

#include <stdint.h>

#define IMPORT(name) __attribute__((import_module("tree"), import_name(#name)))

IMPORT(ts_tree_root_node_wasm) extern void root_node(uint32_t tree);
IMPORT(ts_tree_cursor_new_wasm) extern void cursor_new(uint32_t tree);
IMPORT(ts_tree_cursor_delete_wasm) extern void cursor_delete(uint32_t tree);
IMPORT(ts_tree_cursor_goto_first_child_wasm) extern int first_child(uint32_t tree);
IMPORT(ts_tree_cursor_goto_next_sibling_wasm) extern int next_sibling(uint32_t tree);
IMPORT(ts_tree_cursor_goto_parent_wasm) extern int goto_parent(uint32_t tree);
IMPORT(ts_tree_cursor_current_node_type_id_wasm) extern uint32_t type_id(uint32_t tree);
IMPORT(ts_tree_cursor_start_index_wasm) extern uint32_t start_index(uint32_t tree);
IMPORT(ts_tree_cursor_end_index_wasm) extern uint32_t end_index(uint32_t tree);

// Writes the root and its children, and what is below those of them that overlap [from, to). `out` has room for `capacity` int32 of records,
// which grow upwards; comments grow downwards from its end. counts[0] and counts[1] receive the number of int32 used by
// either; when they do not fit together nothing more is written and the counts say what would have been needed.
__attribute__((export_name("flatten"))) void flatten(uint32_t tree, uint32_t comment, uint32_t from, uint32_t to,
                                                     int32_t *out, uint32_t capacity, uint32_t *counts) {
  uint32_t used = 0, comments = 0, parent = 0, depth = 0;
  root_node(tree);
  cursor_new(tree);
  for (;;) {
    uint32_t symbol = type_id(tree);
    uint32_t start = start_index(tree);
    uint32_t end = end_index(tree);
    uint32_t below = 0;
    if (symbol == comment) {
      comments += 2;
      if (used + comments <= capacity) {
        out[capacity - comments] = (int32_t)start;
        out[capacity - comments + 1] = (int32_t)end;
      }
    } else {
      uint32_t fits = used + 4 + comments <= capacity;
      if (fits) {
        out[used] = (int32_t)symbol;
        out[used + 1] = (int32_t)start;
        out[used + 2] = (int32_t)end;
        out[used + 3] = (int32_t)parent;  // until the node is left
      }
      below = start != end && (depth != 1 || (start < to && end > from)) && first_child(tree);
      if (below) {
        parent = used;
        depth++;
      } else if (fits) {
        out[used + 3] = (int32_t)(used + 4);
      }
      used += 4;
    }
    if (below) continue;
    while (depth > 0 && !next_sibling(tree)) {
      goto_parent(tree);
      depth--;
      uint32_t outer = 0;
      if (parent + 4 <= capacity && used + comments <= capacity) {
        outer = (uint32_t)out[parent + 3];
        out[parent + 3] = (int32_t)used;
      }
      parent = outer;
    }
    if (depth == 0) break;
  }
  cursor_delete(tree);
  counts[0] = used;
  counts[1] = comments;
}
