/*
 * The functions of NVIDIA's driver that are called before a kernel is, over memory of the host. What it tells of
 * itself is in the environment: STAND_IN_VERSION, such as 13000, and STAND_IN_DEVICES, a line of
 * "name;major;minor;bytes" each.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OUT_OF_MEMORY 2
#define NO_DEVICE 100
#define INVALID_DEVICE 101

typedef struct {
    char name[100];
    int major;
    int minor;
    size_t bytes;
} Device;

static size_t used;
static char given[1000];

/* In the process that loads the library: .NET keeps its changes of the environment to itself. */
void StandInSet(const char *devices) {
    snprintf(given, sizeof(given), "%s", devices);
}

static int devices(Device *all) {
    const char *text = given[0] != 0 ? given : getenv("STAND_IN_DEVICES");
    int count = 0;
    while (text != NULL && *text != 0) {
        if (sscanf(text, "%99[^;];%d;%d;%zu", all[count].name, &all[count].major, &all[count].minor,
                &all[count].bytes) == 4) {
            count++;
        }
        text = strchr(text, '\n');
        text = text == NULL ? NULL : text + 1;
    }
    return count;
}

static int find(int device, Device *found) {
    Device all[8];
    if (device < 0 || device >= devices(all)) {
        return INVALID_DEVICE;
    }
    *found = all[device];
    return 0;
}

int cuInit(unsigned flags) {
    Device all[8];
    return devices(all) == 0 ? NO_DEVICE : 0;
}

int cuDriverGetVersion(int *version) {
    const char *text = getenv("STAND_IN_VERSION");
    *version = text == NULL ? 13000 : atoi(text);
    return 0;
}

int cuGetErrorName(int error, const char **name) {
    *name = error == OUT_OF_MEMORY ? "CUDA_ERROR_OUT_OF_MEMORY"
        : error == NO_DEVICE ? "CUDA_ERROR_NO_DEVICE" : "CUDA_ERROR_INVALID_DEVICE";
    return 0;
}

int cuGetErrorString(int error, const char **text) {
    *text = error == OUT_OF_MEMORY ? "out of memory"
        : error == NO_DEVICE ? "no CUDA-capable device is detected" : "invalid device ordinal";
    return 0;
}

int cuDeviceGetCount(int *count) {
    Device all[8];
    *count = devices(all);
    return 0;
}

int cuDeviceGet(int *device, int index) {
    Device found;
    *device = index;
    return find(index, &found);
}

int cuDeviceGetName(char *name, int length, int device) {
    Device found;
    int result = find(device, &found);
    if (result == 0) {
        snprintf(name, (size_t)length, "%s", found.name);
    }
    return result;
}

int cuDeviceGetAttribute(int *value, int attribute, int device) {
    Device found;
    int result = find(device, &found);
    if (result == 0) {
        *value = attribute == 75 ? found.major : attribute == 76 ? found.minor : attribute == 16 ? 132 : 0;
    }
    return result;
}

int cuDeviceTotalMem_v2(size_t *bytes, int device) {
    Device found;
    int result = find(device, &found);
    *bytes = found.bytes;
    return result;
}

int cuDevicePrimaryCtxRetain(void **context, int device) {
    *context = (void *)(size_t)(device + 1);
    return 0;
}

int cuDevicePrimaryCtxRelease_v2(int device) {
    return 0;
}

static _Thread_local size_t current;

int cuCtxSetCurrent(void *context) {
    current = (size_t)context;
    return 0;
}

int cuStreamCreate(void **stream, unsigned flags) {
    *stream = stream;
    return 0;
}

int cuStreamSynchronize(void *stream) {
    return 0;
}

int cuStreamQuery(void *stream) {
    return 0;
}

int cuMemGetInfo_v2(size_t *free_bytes, size_t *total) {
    Device found;
    int result = find((int)current - 1, &found);
    *total = found.bytes;
    *free_bytes = found.bytes - used;
    return result;
}

int cuMemAlloc_v2(void **address, size_t bytes) {
    size_t free_bytes, total;
    int result = cuMemGetInfo_v2(&free_bytes, &total);
    if (result != 0 || bytes > free_bytes) {
        return result != 0 ? result : OUT_OF_MEMORY;
    }
    size_t *block = malloc(bytes + 256);
    *block = bytes;
    used += bytes;
    memset((char *)block + 256, 0xff, bytes);
    *address = (char *)block + 256;
    return 0;
}

int cuMemFree_v2(void *address) {
    size_t *block = (size_t *)((char *)address - 256);
    used -= *block;
    free(block);
    return 0;
}

int cuMemcpyHtoDAsync_v2(void *to, const void *from, size_t bytes, void *stream) {
    memcpy(to, from, bytes);
    return 0;
}

int cuMemcpyDtoHAsync_v2(void *to, const void *from, size_t bytes, void *stream) {
    memcpy(to, from, bytes);
    return 0;
}

int cuMemcpyDtoDAsync_v2(void *to, const void *from, size_t bytes, void *stream) {
    memcpy(to, from, bytes);
    return 0;
}

int cuMemsetD8Async(void *to, unsigned char value, size_t bytes, void *stream) {
    memset(to, value, bytes);
    return 0;
}

int cuModuleLoadData(void **module, const void *image) {
    return 1;
}

int cuModuleGetFunction(void **function, void *module, const char *name) {
    return 1;
}

int cuLaunchKernel(void *function, unsigned x, unsigned y, unsigned z, unsigned threads_x, unsigned threads_y,
        unsigned threads_z, unsigned shared, void *stream, void **parameters, void **extra) {
    return 1;
}
