// libcrypto of OpenSSL 3: authenticated encryption, random bytes, and memory that is cleared for good.
#pragma once
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
