# How far numbers of two runs are apart, the losses of their steps or another number by its name:
#   awk -f compare.awk [KEY=live] ALLOWED=1e-3 A/run/metrics.jsonl B/run/metrics.jsonl
{
    key = KEY == "" ? "loss" : KEY
    if (match($0, "\"" key "\": *[-+0-9.eE]+")) {
        found = substr($0, RSTART, RLENGTH)
        sub(/^[^:]*: */, "", found)
        value[FILENAME, ++count[FILENAME]] = found + 0
        if (first == "") first = FILENAME
        last = FILENAME
    }
}

END {
    if (first == last || count[first] != count[last] || count[first] == 0) {
        printf "the runs have %d and %d numbers %s; expected as many, and some\n", count[first], count[last], key
        exit 1
    }
    for (i = 1; i <= count[first]; i++) {
        apart = value[first, i] - value[last, i]
        apart = apart < 0 ? -apart : apart
        if (!(apart <= worst)) { worst = apart; at = i }
    }
    printf "%s: %d compared, the last %g and %g, at most %.2e apart (number %d), %s allowed\n", \
        key, count[first], value[first, count[first]], value[last, count[last]], worst, at, ALLOWED
    exit !(worst <= ALLOWED)
}
