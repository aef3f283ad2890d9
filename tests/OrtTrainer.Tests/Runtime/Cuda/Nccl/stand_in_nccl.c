/*
 * The functions of NVIDIA's NCCL that ranks call, over memory of the host and sockets between the ranks, which may be
 * threads or processes of one machine. In the environment: STAND_IN_NCCL_VERSION, such as 22707; STAND_IN_NCCL_LOG, a
 * file that a line is added to for each communicator that ends; and STAND_IN_NCCL_FAIL, "rank:group:result", for a
 * rank that gets a result from its group of that number, counted from 1 with 0 for the start, and that is killed there
 * where the result is below 0.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define SYSTEM_ERROR 2
#define INVALID_ARGUMENT 4
#define INVALID_USAGE 5
#define REMOTE_ERROR 6
#define FLOAT32 7
#define MOST_RANKS 16
#define MOST_CALLS (4 * MOST_RANKS)

typedef struct {
    char path[128];
} Id;

typedef struct {
    int rank;
    int count;
    int groups;
    int error;
    size_t sent;
    int sockets[MOST_RANKS];
} Comm;

typedef struct {
    Comm *comm;
    char *bytes;
    size_t left;
    int peer;
    int sends;
} Call;

static _Thread_local Call calls[MOST_CALLS];
static _Thread_local int queued;
static _Thread_local int grouped;

static int failure(Comm *comm) {
    const char *text = getenv("STAND_IN_NCCL_FAIL");
    int rank, group, result;
    if (text == NULL || sscanf(text, "%d:%d:%d", &rank, &group, &result) != 3 || rank != comm->rank
            || group != comm->groups) {
        return 0;
    }
    if (result < 0) {
        kill(getpid(), SIGKILL);
    }
    return result;
}

int ncclGetVersion(int *version) {
    const char *text = getenv("STAND_IN_NCCL_VERSION");
    *version = text == NULL ? 22707 : atoi(text);
    return 0;
}

const char *ncclGetErrorString(int result) {
    return result == 1 ? "unhandled cuda error" : result == SYSTEM_ERROR ? "unhandled system error"
        : result == INVALID_ARGUMENT ? "invalid argument" : result == INVALID_USAGE ? "invalid usage"
        : result == REMOTE_ERROR ? "remote process exited or there was a network error" : "internal error";
}

int ncclGetUniqueId(Id *id) {
    memset(id, 0, sizeof(*id));
    snprintf(id->path, sizeof(id->path), "/tmp/stand-in-nccl-XXXXXX");
    return mkdtemp(id->path) == NULL ? SYSTEM_ERROR : 0;
}

static void address(struct sockaddr_un *place, const Id *id, int rank) {
    memset(place, 0, sizeof(*place));
    place->sun_family = AF_UNIX;
    snprintf(place->sun_path, sizeof(place->sun_path), "%.90s/%d", id->path, rank);
}

static int whole(int socket, void *bytes, size_t length, int sends) {
    for (size_t done = 0; done < length;) {
        ssize_t some = sends ? send(socket, (char *)bytes + done, length - done, MSG_NOSIGNAL)
            : recv(socket, (char *)bytes + done, length - done, 0);
        if (some <= 0) {
            return SYSTEM_ERROR;
        }
        done += (size_t)some;
    }
    return 0;
}

static int dial(const Id *id, int rank) {
    struct sockaddr_un place;
    address(&place, id, rank);
    for (int attempt = 0; attempt < 6000; attempt++) {
        int made = socket(AF_UNIX, SOCK_STREAM, 0);
        if (connect(made, (struct sockaddr *)&place, sizeof(place)) == 0) {
            return made;
        }
        close(made);
        usleep(10000);
    }
    return -1;
}

int ncclCommInitRank(Comm **made, int count, Id id, int rank) {
    Comm *comm = calloc(1, sizeof(*comm));
    comm->rank = rank;
    comm->count = count;
    *made = comm;
    int result = failure(comm);
    if (result != 0 || count > MOST_RANKS) {
        return result != 0 ? result : INVALID_ARGUMENT;
    }

    struct sockaddr_un place;
    address(&place, &id, rank);
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&place, sizeof(place)) != 0 || listen(listener, MOST_RANKS) != 0) {
        return SYSTEM_ERROR;
    }
    for (int peer = 0; peer < rank; peer++) {
        comm->sockets[peer] = dial(&id, peer);
        if (comm->sockets[peer] < 0 || whole(comm->sockets[peer], &rank, sizeof(rank), 1) != 0) {
            return SYSTEM_ERROR;
        }
    }
    for (int more = rank + 1; more < count; more++) {
        int peer, accepted = accept(listener, NULL, NULL);
        if (accepted < 0 || whole(accepted, &peer, sizeof(peer), 0) != 0) {
            return SYSTEM_ERROR;
        }
        comm->sockets[peer] = accepted;
    }
    close(listener);
    unlink(place.sun_path);
    rmdir(id.path);
    return 0;
}

static int hang_up(Comm *comm) {
    for (int peer = 0; peer < comm->count; peer++) {
        if (peer != comm->rank) {
            close(comm->sockets[peer]);
        }
    }
    free(comm);
    return 0;
}

int ncclCommDestroy(Comm *comm) {
    const char *log = getenv("STAND_IN_NCCL_LOG");
    FILE *file = log == NULL ? NULL : fopen(log, "a");
    if (file != NULL) {
        fprintf(file, "rank %d of %d: %d groups, %zu bytes\n", comm->rank, comm->count, comm->groups, comm->sent);
        fclose(file);
    }
    return hang_up(comm);
}

int ncclCommAbort(Comm *comm) {
    return hang_up(comm);
}

int ncclCommGetAsyncError(Comm *comm, int *error) {
    *error = comm->error;
    return 0;
}

int ncclGroupStart(void) {
    grouped = 1;
    queued = 0;
    return 0;
}

static int queue(char *bytes, size_t count, int type, int peer, Comm *comm, int sends) {
    if (!grouped || queued == MOST_CALLS) {
        return INVALID_USAGE;
    }
    if (type != FLOAT32 || peer < 0 || peer >= comm->count) {
        return INVALID_ARGUMENT;
    }
    calls[queued++] = (Call){comm, bytes, count * sizeof(float), peer, sends};
    return 0;
}

int ncclSend(const void *bytes, size_t count, int type, int peer, Comm *comm, void *stream) {
    return queue((char *)bytes, count, type, peer, comm, 1);
}

int ncclRecv(void *bytes, size_t count, int type, int peer, Comm *comm, void *stream) {
    return queue(bytes, count, type, peer, comm, 0);
}

/* The first call of its kind with a peer that has bytes left; others wait for it. */
static Call *first(int peer, int sends) {
    for (int i = 0; i < queued; i++) {
        if (calls[i].left > 0 && calls[i].peer == peer && calls[i].sends == sends) {
            return &calls[i];
        }
    }
    return NULL;
}

static int with_self(Comm *comm) {
    Call *from, *to;
    while ((from = first(comm->rank, 1)) != NULL && (to = first(comm->rank, 0)) != NULL) {
        if (from->left != to->left) {
            return INVALID_ARGUMENT;
        }
        memcpy(to->bytes, from->bytes, from->left);
        from->left = to->left = 0;
    }
    return first(comm->rank, 1) == NULL && first(comm->rank, 0) == NULL ? 0 : INVALID_USAGE;
}

static void some(Comm *comm, Call *call) {
    if (call == NULL) {
        return;
    }
    ssize_t moved = call->sends
        ? send(comm->sockets[call->peer], call->bytes, call->left, MSG_NOSIGNAL | MSG_DONTWAIT)
        : recv(comm->sockets[call->peer], call->bytes, call->left, MSG_DONTWAIT);
    if (moved > 0) {
        call->bytes += moved;
        call->left -= (size_t)moved;
        comm->sent += call->sends ? (size_t)moved : 0;
    } else if (moved == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) {
        comm->error = REMOTE_ERROR;
    }
}

int ncclGroupEnd(void) {
    grouped = 0;
    if (queued == 0) {
        return 0;
    }
    Comm *comm = calls[0].comm;
    comm->groups++;
    int result = failure(comm);
    if (result != 0 || (result = with_self(comm)) != 0) {
        return result;
    }
    while (comm->error == 0) {
        struct pollfd waits[MOST_RANKS];
        int waiting = 0;
        for (int peer = 0; peer < comm->count; peer++) {
            if (peer != comm->rank) {
                some(comm, first(peer, 1));
                some(comm, first(peer, 0));
                short events = (first(peer, 1) ? POLLOUT : 0) | (first(peer, 0) ? POLLIN : 0);
                if (events != 0) {
                    waits[waiting++] = (struct pollfd){comm->sockets[peer], events, 0};
                }
            }
        }
        if (waiting == 0) {
            break;
        }
        poll(waits, (nfds_t)waiting, 1000);
    }
    return 0;
}
