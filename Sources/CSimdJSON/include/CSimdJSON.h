// Reads JSON with simdjson: a C face over its C++ DOM. No function throws, crashes or blocks on any bytes.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Holds the one document that was parsed last, and the memory for the next one.
typedef struct csimdjson_parser csimdjson_parser;

// A place in a parser's document. Good until that parser's next csimdjson_parse or csimdjson_destroy.
typedef struct {
    const void *document;
    size_t index;
} csimdjson_value;

// Where an iteration over an array or an object stands, and where it ends.
typedef struct {
    csimdjson_value next;
    csimdjson_value end;
} csimdjson_cursor;

// Valid UTF-8, unescaped, as long as a csimdjson_value; may contain NUL.
typedef struct {
    const char *bytes;
    size_t length;
} csimdjson_string;

typedef enum {
    CSIMDJSON_ARRAY,
    CSIMDJSON_OBJECT,
    CSIMDJSON_STRING,
    CSIMDJSON_INT64,   // an integer that fits int64_t
    CSIMDJSON_UINT64,  // an integer above INT64_MAX
    CSIMDJSON_DOUBLE,  // a number with a fraction or an exponent
    CSIMDJSON_BOOL,
    CSIMDJSON_NULL,
} csimdjson_kind;

// What kind of fault an error code of simdjson is, for those that want a reaction of their own.
typedef enum {
    CSIMDJSON_FAULT_SYNTAX,
    CSIMDJSON_FAULT_EMPTY,
    CSIMDJSON_FAULT_TOO_LARGE,
    CSIMDJSON_FAULT_TOO_DEEP,
    CSIMDJSON_FAULT_NUMBER,
    CSIMDJSON_FAULT_UTF8,
    CSIMDJSON_FAULT_NO_MEMORY,
} csimdjson_fault;

// NULL if memory is short. Documents over `maximum_length` bytes, or nested over 1,023 levels, are refused.
csimdjson_parser *csimdjson_create(size_t maximum_length);

void csimdjson_destroy(csimdjson_parser *parser);

// Parses a copy of `bytes`, which the caller may reuse at once. Returns 0 and sets `root`, or simdjson's error code.
// Allocates only for a document longer than those before; what a very long one needed is given back with the next.
int csimdjson_parse(csimdjson_parser *parser, const void *bytes, size_t length, csimdjson_value *root);

// A static English text.
const char *csimdjson_error_text(int code);

csimdjson_fault csimdjson_error_fault(int code);

csimdjson_kind csimdjson_value_kind(csimdjson_value value);

// The following return false, and leave the result alone, if the value is of another kind or does not fit.
bool csimdjson_get_uint64(csimdjson_value value, uint64_t *result);
bool csimdjson_get_int64(csimdjson_value value, int64_t *result);
bool csimdjson_get_double(csimdjson_value value, double *result);  // of any number
bool csimdjson_get_bool(csimdjson_value value, bool *result);
bool csimdjson_get_string(csimdjson_value value, csimdjson_string *result);

// Finds the first member named `key` (unescaped UTF-8).
bool csimdjson_find(csimdjson_value object, const char *key, size_t key_length, csimdjson_value *result);

// Starts an iteration over an array's elements or an object's members.
bool csimdjson_array_begin(csimdjson_value array, csimdjson_cursor *cursor);
bool csimdjson_object_begin(csimdjson_value object, csimdjson_cursor *cursor);

// Advances. False at the end.
bool csimdjson_array_next(csimdjson_cursor *cursor, csimdjson_value *element);
bool csimdjson_object_next(csimdjson_cursor *cursor, csimdjson_string *key, csimdjson_value *value);

#ifdef __cplusplus
}
#endif
