/* The one function that a library of ONNX Runtime exports; what it gives is set by the program that loaded it. */
struct ApiBase {
    const void *(*get_api)(unsigned version);
    const char *(*get_version_string)(void);
};

static struct ApiBase base;

void StandInSet(const void *(*get_api)(unsigned), const char *(*get_version_string)(void)) {
    base.get_api = get_api;
    base.get_version_string = get_version_string;
}

const struct ApiBase *OrtGetApiBase(void) {
    return &base;
}
