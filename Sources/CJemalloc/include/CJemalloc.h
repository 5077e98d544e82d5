/// jemalloc's settings, which it reads when the process starts; the environment's MALLOC_CONF comes on top of them.
/// jemalloc serves every malloc of the process once it is linked: nothing here is called.
extern const char *malloc_conf;
