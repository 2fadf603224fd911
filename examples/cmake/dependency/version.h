const char* dependency_version(void);
