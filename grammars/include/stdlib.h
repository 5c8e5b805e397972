/* All that tree-sitter's parser.h needs of the C library: NULL and size_t. */
#include <stddef.h>
