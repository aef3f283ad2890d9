# How far the losses of two runs are apart: awk -f compare.awk ALLOWED=1e-3 A/run/metrics.jsonl B/run/metrics.jsonl
{
    if (match($0, /"loss":[-+0-9.eE]+/)) {
        loss[FILENAME, ++count[FILENAME]] = substr($0, RSTART + 7, RLENGTH - 7) + 0
        if (first == "") first = FILENAME
        last = FILENAME
    }
}

END {
    if (first == last || count[first] != count[last] || count[first] == 0) {
        printf "the runs have %d and %d losses; expected as many, and some\n", count[first], count[last]
        exit 1
    }
    for (i = 1; i <= count[first]; i++) {
        apart = loss[first, i] - loss[last, i]
        apart = apart < 0 ? -apart : apart
        if (!(apart <= worst)) { worst = apart; step = i }
    }
    printf "%d losses, at most %.2e apart (step %d), %s allowed\n", count[first], worst, step, ALLOWED
    exit !(worst <= ALLOWED)
}
