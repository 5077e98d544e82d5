#include "CSimdJSON.h"

#include <simdjson.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <optional>
#include <string_view>
#include <type_traits>

using namespace simdjson;

namespace {

// Buffers above this are not kept for the next document if that one needs less.
constexpr size_t kept_capacity = 1024 * 1024;
constexpr size_t smallest_capacity = 4096;

struct free_bytes {
    void operator()(char *bytes) const noexcept { std::free(bytes); }
};

// simdjson's handles are a document pointer and an index, without a life of their own; so they travel as bytes.
template <typename Handle>
csimdjson_value pack(const Handle &handle) noexcept {
    static_assert(std::is_trivially_copyable<Handle>::value && sizeof(Handle) == sizeof(csimdjson_value),
                  "simdjson's handles have changed: pack and unpack must follow");
    csimdjson_value value;
    std::memcpy(&value, &handle, sizeof value);
    return value;
}

template <typename Handle>
Handle unpack(csimdjson_value value) noexcept {
    static_assert(std::is_trivially_copyable<Handle>::value && sizeof(Handle) == sizeof(csimdjson_value),
                  "simdjson's handles have changed: pack and unpack must follow");
    Handle handle;
    std::memcpy(static_cast<void *>(&handle), &value, sizeof value);
    return handle;
}

template <typename Number>
bool get(csimdjson_value value, Number *result) noexcept {
    return unpack<dom::element>(value).get(*result) == SUCCESS;
}

csimdjson_string string_of(std::string_view text) noexcept { return {text.data(), text.size()}; }

}  // namespace

struct csimdjson_parser {
    explicit csimdjson_parser(size_t maximum_length) : maximum_length(maximum_length), parser(std::in_place) {}

    error_code parse(const void *bytes, size_t length, dom::element &root) noexcept {
        if (length > maximum_length) return CAPACITY;
        if (error_code error = make_room(length)) return error;
        if (length > 0) std::memcpy(buffer.get(), bytes, length);
        // simdjson reads up to SIMDJSON_PADDING bytes past the end, which must not be left undefined.
        std::memset(buffer.get() + length, 0, SIMDJSON_PADDING);
        return parser->parse(buffer.get(), length, false).get(root);
    }

   private:
    error_code make_room(size_t length) noexcept {
        const bool is_wasteful = capacity > kept_capacity && length <= kept_capacity;
        if (buffer && length <= capacity && !is_wasteful) return SUCCESS;
        const size_t wanted = length < smallest_capacity ? smallest_capacity : length + length / 4;
        capacity = 0;
        parser.emplace();
        buffer.reset(static_cast<char *>(std::malloc(wanted + SIMDJSON_PADDING)));
        if (!buffer) return MEMALLOC;
        if (error_code error = parser->allocate(wanted)) return error;
        if (error_code error = parser->doc.allocate(wanted)) return error;
        capacity = wanted;
        return SUCCESS;
    }

    const size_t maximum_length;
    size_t capacity = 0;
    std::optional<dom::parser> parser;
    std::unique_ptr<char, free_bytes> buffer;
};

extern "C" {

csimdjson_parser *csimdjson_create(size_t maximum_length) {
    return new (std::nothrow) csimdjson_parser(maximum_length);
}

void csimdjson_destroy(csimdjson_parser *parser) { delete parser; }

int csimdjson_parse(csimdjson_parser *parser, const void *bytes, size_t length, csimdjson_value *root) {
    dom::element element;
    if (error_code error = parser->parse(bytes, length, element)) return error;
    *root = pack(element);
    return SUCCESS;
}

const char *csimdjson_error_text(int code) { return error_message(static_cast<error_code>(code)); }

csimdjson_fault csimdjson_error_fault(int code) {
    switch (code) {
    case EMPTY: return CSIMDJSON_FAULT_EMPTY;
    case CAPACITY: return CSIMDJSON_FAULT_TOO_LARGE;
    case DEPTH_ERROR: return CSIMDJSON_FAULT_TOO_DEEP;
    case NUMBER_ERROR:
    case NUMBER_OUT_OF_RANGE: return CSIMDJSON_FAULT_NUMBER;
    case UTF8_ERROR: return CSIMDJSON_FAULT_UTF8;
    case MEMALLOC: return CSIMDJSON_FAULT_NO_MEMORY;
    default: return CSIMDJSON_FAULT_SYNTAX;
    }
}

csimdjson_kind csimdjson_value_kind(csimdjson_value value) {
    switch (unpack<dom::element>(value).type()) {
    case dom::element_type::ARRAY: return CSIMDJSON_ARRAY;
    case dom::element_type::OBJECT: return CSIMDJSON_OBJECT;
    case dom::element_type::STRING: return CSIMDJSON_STRING;
    case dom::element_type::INT64: return CSIMDJSON_INT64;
    case dom::element_type::UINT64: return CSIMDJSON_UINT64;
    case dom::element_type::DOUBLE: return CSIMDJSON_DOUBLE;
    case dom::element_type::BOOL: return CSIMDJSON_BOOL;
    case dom::element_type::NULL_VALUE: break;
    }
    return CSIMDJSON_NULL;
}

bool csimdjson_get_uint64(csimdjson_value value, uint64_t *result) { return get(value, result); }

bool csimdjson_get_int64(csimdjson_value value, int64_t *result) { return get(value, result); }

bool csimdjson_get_double(csimdjson_value value, double *result) { return get(value, result); }

bool csimdjson_get_bool(csimdjson_value value, bool *result) { return get(value, result); }

bool csimdjson_get_string(csimdjson_value value, csimdjson_string *result) {
    std::string_view text;
    if (!get(value, &text)) return false;
    *result = string_of(text);
    return true;
}

bool csimdjson_find(csimdjson_value value, const char *key, size_t key_length, csimdjson_value *result) {
    dom::object object;
    if (!get(value, &object)) return false;
    dom::element found;
    if (object.at_key(std::string_view(key, key_length)).get(found) != SUCCESS) return false;
    *result = pack(found);
    return true;
}

bool csimdjson_array_begin(csimdjson_value value, csimdjson_cursor *cursor) {
    dom::array array;
    if (!get(value, &array)) return false;
    *cursor = {pack(array.begin()), pack(array.end())};
    return true;
}

bool csimdjson_object_begin(csimdjson_value value, csimdjson_cursor *cursor) {
    dom::object object;
    if (!get(value, &object)) return false;
    *cursor = {pack(object.begin()), pack(object.end())};
    return true;
}

bool csimdjson_array_next(csimdjson_cursor *cursor, csimdjson_value *element) {
    auto position = unpack<dom::array::iterator>(cursor->next);
    if (!(position != unpack<dom::array::iterator>(cursor->end))) return false;
    *element = pack(*position);
    cursor->next = pack(++position);
    return true;
}

bool csimdjson_object_next(csimdjson_cursor *cursor, csimdjson_string *key, csimdjson_value *value) {
    auto position = unpack<dom::object::iterator>(cursor->next);
    if (!(position != unpack<dom::object::iterator>(cursor->end))) return false;
    *key = string_of(position.key());
    *value = pack(position.value());
    cursor->next = pack(++position);
    return true;
}

}  // extern "C"
