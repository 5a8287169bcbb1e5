/* The two walks through the trie of skeletons, for a whole run of Thai at once.
 *
 * `standing.py` reads a run as it stands and `lattice.py` reads what is damaged; between them they take most of the time of repair.
 * The functions below take the same steps in the same order, with the same sums of the same doubles, so that they end at the same
 * path and at the same cost to the last bit; a test holds the two equal. What is decided and why is told there, not here.
 *
 * A run comes as CP874, one byte a character. Every table is the caller's, and so is what is Thai: `sort` says of each byte what it
 * is. Nothing is kept between two calls.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN __attribute__((visibility("default")))

enum { BLANK = 1, MARK = 2, TONE = 4, LEAD = 8, CONSONANT = 16, AA = 32, AM = 64, A = 128, SHORT = 256, MAI_THO = 512 };
enum { PLACE = 1, HEAD = 2 };
enum { WANTS_AM = 1 << 20 };
enum { STATES = 4, WAITING = 3 };

/* where in a table of `size` places, a power of two, a number is looked for first */
static uint32_t first_place(uint32_t number, uint32_t size) {
    number *= 0x9E3779B1u;
    return (number ^ number >> 15) & (size - 1);
}

/* marks that a word still waits for, one a byte, the first lowest; 0: none */
typedef uint32_t awaited;

typedef struct {
    const int32_t *base, *check, *term, *first, *mask, *text_at;
    const int8_t *flags;
    const float *cost;
    const uint8_t *text;  /* the words one after the other, `text_at` where each begins */
    const uint16_t *sort; /* of each byte */
    const uint8_t *code;  /* of each byte, in the trie */
    const int32_t *bit;   /* of each byte that is a mark */
    double unknown, abbreviation, misplaced, marked, lead_before_blank, place;
    double later, lost, split, surplus_split, after_lead, before_follow;
    double none, prune, prune_unknown, beam;
    int64_t look_ahead, mai_tho;  /* `mai_tho`: its bit */
} tables;

typedef struct {
    double inside, after_carried, nikhahit_lost, lost_under_tone, surplus, tone, stray_aa, carried, doubled;
    int64_t letter_spaced, swapped;
} prices;

/* one step of a path, as the caller gets it; `shown`, `size`: where a letter outside every word stands in `plain` */
typedef struct {
    int32_t start, end, ordinal, late, shown, size;
    awaited waiting, had;
    double cost;
} step;

typedef struct {
    double cost;
    int32_t place, ordinal, late;
    awaited had;
} state;

typedef struct {
    awaited marks;
    state state;
} held;

typedef struct {
    held *all;
    int32_t count, room;
} queue;

typedef struct {
    int32_t n, gapped;
    uint8_t *letter, *is_am, *plain;
    int32_t *gap, *mark_gap, *mask, *start, *offset;
    double *alone;
} run;

#define IS(t, byte, kind) ((t)->sort[byte] & (kind))

static double least(const double *from, int64_t count) {
    double low = from[0];
    for (int64_t at = 1; at < count; at++)
        if (from[at] < low) low = from[at];
    return low;
}

/* ---- a run taken apart, as letters.parse does ---- */

static void free_run(run *r) {
    free(r->letter), free(r->is_am), free(r->plain), free(r->gap), free(r->mark_gap), free(r->mask), free(r->start), free(r->offset),
        free(r->alone);
}

static int room_for(run *r, int32_t length) {
    size_t room = (size_t)length + 4;
    memset(r, 0, sizeof *r);
    r->letter = malloc(room), r->is_am = malloc(room), r->plain = malloc(room);
    r->gap = malloc(room * 4), r->mark_gap = malloc(room * 4), r->mask = malloc(room * 4);
    r->start = malloc(room * 4), r->offset = malloc(room * 4), r->alone = malloc(room * 8);
    return r->letter && r->is_am && r->plain && r->gap && r->mark_gap && r->mask && r->start && r->offset && r->alone;
}

/* one letter with all that hangs on it: the vowels before the tones. Returns where the next one begins. */
static int32_t take_unit(const tables *t, run *r, const uint8_t *text, int32_t length, int32_t begin, int32_t *out) {
    int32_t end = begin + 1, last, at = r->n, marks = 0, mask = 0, blanks = 0;
    while (end < length && IS(t, text[end], BLANK | MARK)) end++;
    for (last = end; IS(t, text[last - 1], BLANK);) last--;
    r->start[at] = begin, r->offset[at] = *out;
    r->plain[(*out)++] = text[begin];
    for (int tones = 0; tones < 2; tones++)
        for (int32_t place = begin + 1; place < last; place++)
            if (IS(t, text[place], MARK) && !IS(t, text[place], TONE) == !tones) {
                r->plain[(*out)++] = text[place];
                mask |= t->bit[text[place]];
                marks++;
            }
    blanks = last - begin - 1 - marks;
    r->gap[at] = end - last, r->mark_gap[at] = blanks, r->mask[at] = mask;
    r->is_am[at] = IS(t, text[begin], AM) != 0;
    r->letter[at] = text[begin];
    r->gapped |= r->gap[at] || blanks;
    double alone = t->unknown;
    if (IS(t, text[begin], CONSONANT)) {
        if (marks) alone += t->marked;
    } else {
        alone = (IS(t, text[begin], SHORT) ? t->abbreviation : alone) + t->misplaced * marks;
        if (r->gap[at] && IS(t, text[begin], LEAD)) alone += t->lead_before_blank;
    }
    r->alone[at] = alone;
    r->n++;
    return end;
}

/* `opens`: whether the text begins a run, or stands behind a blank */
static int take_apart(const tables *t, run *r, const uint8_t *text, int32_t length, int opens) {
    if (!room_for(r, length)) return 0;
    int32_t out = 0;
    for (int32_t begin = 0; begin < length;) begin = take_unit(t, r, text, length, begin, &out);
    int32_t n = r->n;
    r->start[n] = length, r->offset[n] = out;
    r->mask[n] = r->mask[n + 1] = r->mask[n + 2] = 0;
    for (int32_t at = 0; at < n; at++)
        if ((at ? r->gap[at - 1] : opens) && IS(t, r->letter[at], AA | AM | A)) r->alone[at] += t->misplaced;
    return 1;
}

static int32_t code_at(const tables *t, const run *r, int32_t at) { return t->code[r->letter[at]]; }

static int is_aa(const tables *t, const run *r, int32_t at) { return IS(t, r->letter[at], AA | AM) != 0; }

static int is_word(const tables *t, int32_t ordinal, const uint8_t *text, int32_t size) {
    int32_t begin = t->text_at[ordinal];
    return t->text_at[ordinal + 1] - begin == size && !memcmp(t->text + begin, text, (size_t)size);
}

/* the word of a group that is written like this, or -1 */
static int32_t exact(const tables *t, int32_t group, const uint8_t *text, int32_t size) {
    for (int32_t ordinal = t->first[group]; ordinal < t->first[group + 1]; ordinal++)
        if (is_word(t, ordinal, text, size)) return ordinal;
    return -1;
}

static int is_named(const tables *t, int32_t before, int whole) { return (before >= 0 && t->flags[before] & HEAD) || whole; }

static void put_step(step *out, const run *r, int32_t start, int32_t end, int32_t ordinal, double cost) {
    memset(out, 0, sizeof *out);
    out->start = start, out->end = end, out->ordinal = ordinal, out->cost = cost;
    out->shown = r->offset[start], out->size = r->offset[end] - r->offset[start];
}

static int32_t reversed(step *path, int32_t count) {
    for (int32_t a = 0, b = count - 1; a < b; a++, b--) {
        step other = path[a];
        path[a] = path[b], path[b] = other;
    }
    return count;
}

/* ---- standing.as_it_stands ---- */

typedef struct {
    double *cost;
    int32_t *back, *ordinal;
} places;

static int32_t stand(const tables *t, const run *r, places p, step *path) {
    int32_t n = r->n, first = 0, limit = -1, low_at = 0, count = 0;
    double low = t->none;
    for (int32_t at = 0; at <= n; at++) p.cost[at] = at ? t->none : 0.0, p.back[at] = 0, p.ordinal[at] = -1;
    for (int32_t place = 0; place < n; place++) {
        double cost = p.cost[place], alone = cost + r->alone[place];
        int32_t before = p.ordinal[place];
        if (low_at <= place) {
            int64_t ahead = n - place < t->look_ahead ? n - place : t->look_ahead;
            low = least(p.cost + place + 1, ahead);
            for (low_at = place + 1; p.cost[low_at] != low;) low_at++;
        }
        if (alone < p.cost[place + 1]) {
            p.cost[place + 1] = alone, p.back[place + 1] = place, p.ordinal[place + 1] = -1;
            if (alone < low) low = alone, low_at = place + 1;
        }
        if (limit <= place) {
            first = place, limit = n;
            if (r->gapped)
                for (int32_t at = place; at < n; at++)
                    if (r->gap[at]) {
                        limit = at + 1;
                        break;
                    }
        }
        if (cost > low + (before >= 0 || !place ? t->prune : t->prune_unknown)) continue;
        for (int32_t node = 0, at = place; at < limit;) {
            int32_t below = t->base[node] + code_at(t, r, at);
            if (t->check[below] != node) break;
            node = below, at++;
            if (t->term[node] < 0) continue;
            int32_t ordinal = exact(t, t->term[node], r->plain + r->offset[place], r->offset[at] - r->offset[place]);
            if (ordinal < 0) continue;
            int named = t->flags[ordinal] & PLACE && is_named(t, before, place == first && at == limit);
            double total = cost + (named ? t->place : (double)t->cost[ordinal]);
            if (total < p.cost[at]) {
                p.cost[at] = total, p.back[at] = place, p.ordinal[at] = ordinal;
                if (total < low) low = total, low_at = at;
            }
        }
    }
    for (int32_t at = n; at; at = p.back[at]) put_step(path + count++, r, p.back[at], at, p.ordinal[at], p.cost[at] - p.cost[p.back[at]]);
    return reversed(path, count);
}

/* ---- lattice._Decoder ---- */

typedef struct {
    const tables *t;
    const prices *mode;
    const run *r;
    const uint8_t *near;
    int32_t end, failed;
    double *cost, *toll;
    state *states;
    queue *waiting;
} decoder;

static int has(awaited marks, uint8_t mark) {
    for (; marks; marks >>= 8)
        if ((marks & 255) == mark) return 1;
    return 0;
}

static int size_of(awaited marks) {
    int count = 0;
    for (; marks; marks >>= 8) count++;
    return count;
}

static int32_t bits_of(const tables *t, awaited marks) {
    int32_t bits = 0;
    for (; marks; marks >>= 8) bits |= t->bit[marks & 255];
    return bits;
}

/* `marks` without the first `mark` in them */
static awaited without(awaited marks, uint8_t mark) {
    for (int shift = 0; shift < 32; shift += 8)
        if ((marks >> shift & 255) == mark) {
            awaited head = marks & ((1u << shift) - 1), tail = shift < 24 ? marks >> (shift + 8) : 0;
            return head | tail << shift;
        }
    return marks;
}

static double nikhahit(const decoder *d, int32_t at, int is_am, int32_t gap) {
    const prices *mode = d->mode;
    const tables *t = d->t;
    int later = at > 0;
    if (d->r->is_am[at]) {
        if (is_am) return gap || !mode->swapped ? 0.0 : 4.0;
        return gap ? t->surplus_split : mode->surplus;
    }
    if (is_am) {
        if (gap) return mode->letter_spaced ? 1.0 : t->split;
        if (later && d->r->mark_gap[at - 1]) return mode->nikhahit_lost < 1.5 ? mode->nikhahit_lost : 1.5;
        return later && d->r->mask[at - 1] ? mode->lost_under_tone : mode->nikhahit_lost;
    }
    if (later && !gap) return 0.0;
    return later ? mode->stray_aa : 0.0;
}

static double inside(const decoder *d, int32_t at, int late) {
    const tables *t = d->t;
    if (is_aa(t, d->r, at + 1)) return 0.0;
    if (IS(t, d->r->letter[at], LEAD)) return t->after_lead;
    if (IS(t, d->r->letter[at + 1], A)) return t->before_follow;
    return (d->r->gap[at] == 1 ? 0.0 : 4.0) + (late ? d->mode->after_carried : d->mode->inside);
}

static int32_t gap_before(const run *r, int32_t at) { return r->gap[at - 1] + (r->is_am[at] ? r->mark_gap[at - 1] : 0); }

static void count_tolls(decoder *d) {
    const run *r = d->r;
    d->toll[0] = d->toll[1] = 0.0;
    for (int32_t at = 1; at < d->end; at++) {
        double toll = r->gap[at - 1] ? inside(d, at - 1, 0) : 0.0;
        if (is_aa(d->t, r, at)) {
            int32_t gap = gap_before(r, at);
            toll += r->is_am[at] || gap ? nikhahit(d, at, r->is_am[at], gap) : 0.0;
        }
        d->toll[at + 1] = d->toll[at] + toll;
    }
}

static void reach(decoder *d, int32_t to, double cost, int32_t place, awaited had, int32_t ordinal, int late) {
    if (cost < d->cost[to]) {
        d->cost[to] = cost;
        d->states[to] = (state){cost, place, ordinal, late, had};
    }
}

static void unknown(decoder *d, int32_t place, awaited waiting, double cost) {
    const run *r = d->r;
    cost += r->alone[place];
    if (waiting) {
        const uint8_t *marks = r->plain + r->offset[place] + 1, *end = r->plain + r->offset[place + 1];
        for (awaited left = waiting; left; left >>= 8)
            if (!memchr(marks, (int)(left & 255), (size_t)(end - marks))) return;
        cost += d->t->later * size_of(waiting);
    }
    reach(d, place + 1, cost, place, waiting, -1, waiting != 0);
}

static void wait_at(decoder *d, int32_t at, awaited marks, state found) {
    queue *q = d->waiting + at;
    for (int32_t number = 0; number < q->count; number++)
        if (q->all[number].marks == marks) {
            if (found.cost < q->all[number].state.cost) q->all[number].state = found;
            return;
        }
    if (q->count == q->room) {
        int32_t room = q->room ? 2 * q->room : 4;
        held *more = realloc(q->all, (size_t)room * sizeof *more);
        if (!more) {
            d->failed = 1;
            return;
        }
        q->all = more, q->room = room;
    }
    q->all[q->count++] = (held){marks, found};
}

/* the cheapest states of a place, by cost and then by age, into `alive`; how many */
static int choose(decoder *d, int32_t place, held *alive) {
    const queue *q = d->waiting + place;
    int count = 0;
    for (int32_t number = -1; number < q->count; number++) {
        held one = number < 0 ? (held){0, d->states[place]} : q->all[number];
        int where = count;
        while (where && one.state.cost < alive[where - 1].state.cost) where--;
        if (where == STATES) continue;
        if (count < STATES) count++;
        for (int later = count - 1; later > where; later--) alive[later] = alive[later - 1];
        alive[where] = one;
    }
    double limit = alive[0].state.cost + d->t->beam;
    unknown(d, place, 0, d->cost[place]);
    int kept = 0;
    for (int number = 0; number < count; number++)
        if (alive[number].state.cost <= limit) {
            if (alive[number].marks) unknown(d, place, alive[number].marks, alive[number].state.cost);
            alive[kept++] = alive[number];
        }
    return kept;
}

/* reads letters `start` to `end` as a word; 0 where a mark stands on them that neither it nor one before can own */
static int compare(const decoder *d, int32_t ordinal, int32_t start, int32_t end, awaited *waiting, double *extra, int *late) {
    const tables *t = d->t;
    const run *r = d->r;
    const uint8_t *unit = t->text + t->text_at[ordinal], *stop = t->text + t->text_at[ordinal + 1];
    double cost = 0.0;
    int32_t toned = -1;
    awaited had = *waiting;
    for (int32_t at = start; at < end; at++) {
        const uint8_t *wanted = unit + 1, *next = wanted;
        const uint8_t *seen = r->plain + r->offset[at] + 1, *seen_end = r->plain + r->offset[at + 1];
        while (next < stop && IS(t, *next, MARK)) next++;
        size_t size = (size_t)(next - wanted);
        int unit_is_am = IS(t, *unit, AM) != 0;
        *late = 0;
        if (is_aa(t, r, at)) {
            int32_t gap = at ? gap_before(r, at) : 0;
            if ((unit_is_am || r->is_am[at] || gap) && at != toned) cost += nikhahit(d, at, unit_is_am, gap);
        }
        if (had || size != (size_t)(seen_end - seen) || memcmp(seen, wanted, size)) {
            awaited rest = had, need = 0;
            uint8_t last = 0;
            if (size > WAITING) return 0; /* no word has so many marks on a letter */
            for (size_t number = size; number--;) need = need << 8 | wanted[number];
            for (; seen < seen_end; seen++) {
                uint8_t mark = *seen;
                if (has(rest, mark)) {
                    rest = without(rest, mark);
                    *late = 1, last = mark;
                } else if (has(need, mark)) {
                    need = without(need, mark);
                    last = mark;
                } else if (mark == last || memchr(wanted, mark, size)) {
                    cost += d->mode->doubled;
                } else if (IS(t, mark, MAI_THO) && at + 1 < end && IS(t, *next, AM) && !r->is_am[at + 1]) {
                    cost += d->mode->tone;
                    toned = at + 1;
                } else {
                    return 0;
                }
            }
            if (rest) cost += t->later * size_of(rest);
            if (need) {
                if (!IS(t, r->letter[at], CONSONANT)) return 0;
                cost += d->mode->carried * size_of(need);
            }
            if (size_of(rest) + size_of(need) > WAITING) return 0;
            had = rest | need << 8 * size_of(rest);
        }
        if (r->gap[at]) {
            if (at < end - 1)
                cost += inside(d, at, *late);
            else if (IS(t, r->letter[at], LEAD))
                cost += 5.0;
        }
        unit = next;
    }
    *waiting = had, *extra = cost;
    return 1;
}

/* all the words of a skeleton that letters `place` to `at`, with the marks `have`, may be, from one state */
static void read_group(decoder *d, int32_t group, int32_t place, int32_t at, int32_t have, int gapped, const held *from) {
    const tables *t = d->t;
    const run *r = d->r;
    int32_t after = r->mask[at] | r->mask[at + 1] | r->mask[at + 2], wanted = bits_of(t, from->marks);
    if (wanted & ~(have | after)) return;
    int whole = at - place == d->end;
    int32_t found = have | after, own = have & ~wanted, size = r->offset[at] - r->offset[place];
    for (int32_t ordinal = t->first[group]; ordinal < t->first[group + 1]; ordinal++) {
        int32_t wants = t->mask[ordinal];
        if (wants & (WANTS_AM - 1) & ~found || own & ~(wants & WANTS_AM ? wants | (int32_t)t->mai_tho : wants)) continue;
        int named = t->flags[ordinal] & PLACE && is_named(t, from->state.ordinal, whole);
        double cost = from->state.cost + (named ? t->place : (double)t->cost[ordinal]), extra;
        awaited left = from->marks;
        int late = 0;
        if (!left && is_word(t, ordinal, r->plain + r->offset[place], size)) {
            if (gapped) cost += d->toll[at] - d->toll[place + 1];
        } else {
            if (cost >= d->cost[at] && !((wants | wanted) & after)) continue;
            if (!compare(d, ordinal, place, at, &left, &extra, &late)) continue;
            cost += extra;
            if (left) {
                if (at < d->end) {
                    if (!(bits_of(t, left) & ~after)) wait_at(d, at, left, (state){cost, place, ordinal, late, from->marks});
                    continue;
                }
                cost += t->lost * size_of(left);
            }
        }
        reach(d, at, cost, place, from->marks, ordinal, late);
    }
}

/* all the words that may begin at a place */
static void read_from(decoder *d, int32_t place, const held *alive, int count, int32_t clear) {
    const tables *t = d->t;
    const run *r = d->r;
    int32_t have = 0;
    int gapped = 0;
    for (int32_t node = 0, at = place; at < d->end;) {
        int32_t below = t->base[node] + code_at(t, r, at);
        if (t->check[below] != node) return;
        node = below;
        if (at > place && r->gap[at - 1]) gapped = 1;
        have |= r->mask[at++];
        int32_t group = t->term[node];
        if (group < 0) continue;
        if (at > clear) {
            for (int number = 0; number < count; number++) read_group(d, group, place, at, have, gapped, alive + number);
            continue;
        }
        int32_t ordinal = gapped ? -1 : exact(t, group, r->plain + r->offset[place], r->offset[at] - r->offset[place]);
        if (ordinal < 0) continue;
        int named = t->flags[ordinal] & PLACE && is_named(t, alive->state.ordinal, at - place == d->end);
        reach(d, at, alive->state.cost + (named ? t->place : (double)t->cost[ordinal]), place, 0, ordinal, 0);
    }
}

static void walk(decoder *d) {
    const tables *t = d->t;
    held alive[STATES];
    int32_t clear = 0; /* the next letter that may be damaged */
    for (int32_t place = 0; place < d->end && !d->failed; place++) {
        if (clear < place) clear = place;
        while (clear < d->end && !d->near[clear]) clear++;
        if (d->waiting[place].count) {
            read_from(d, place, alive, choose(d, place, alive), place);
            continue;
        }
        alive[0] = (held){0, d->states[place]};
        double cost = alive->state.cost = d->cost[place];
        reach(d, place + 1, cost + d->r->alone[place], place, 0, -1, 0);
        int64_t ahead = d->end - place < t->look_ahead ? d->end - place : t->look_ahead;
        if (cost > least(d->cost + place + 1, ahead) + (alive->state.ordinal >= 0 ? t->prune : t->prune_unknown)) continue;
        read_from(d, place, alive, 1, clear);
    }
}

static int32_t trace_back(const decoder *d, step *path) {
    int32_t place = d->end, count = 0;
    awaited waiting = 0;
    state now = d->states[d->end];
    while (place) {
        int32_t before = now.place;
        state earlier = d->states[before];
        for (int32_t number = 0; now.had && number < d->waiting[before].count; number++)
            if (d->waiting[before].all[number].marks == now.had) earlier = d->waiting[before].all[number].state;
        put_step(path + count, d->r, now.place, place, now.ordinal, now.cost - earlier.cost);
        path[count].late = now.late, path[count].waiting = waiting, path[count++].had = now.had;
        place = now.place, waiting = now.had, now = earlier;
    }
    return reversed(path, count);
}

/* ---- what the caller sees ---- */

SHOWN const char *ita_source(void) { return ITA_SOURCE; }

/* Puts `count` numbers, none of them 0, into a table of `size` places, a power of two and larger than `count`. */
SHOWN void ita_fill(uint32_t *table, uint32_t size, const uint32_t *numbers, int32_t count) {
    for (int32_t number = 0; number < count; number++) {
        uint32_t place = first_place(numbers[number], size);
        while (table[place] && table[place] != numbers[number]) place = (place + 1) & (size - 1);
        table[place] = numbers[number];
    }
}

/* Whether any four bytes in a row of the text are a number of the table. */
SHOWN int32_t ita_holds(const uint32_t *table, uint32_t size, const uint8_t *text, int32_t length) {
    for (int32_t at = 0; at + 4 <= length; at++) {
        uint32_t number, place;
        memcpy(&number, text + at, 4);
        for (place = first_place(number, size); table[place]; place = (place + 1) & (size - 1))
            if (table[place] == number) return 1;
    }
    return 0;
}

/* The run of `length` bytes as it stands: its path into `path`, of which each letter takes at most one step, its letters and marks
 * without blanks into `plain`. Returns the steps; -1 where there is no memory. */
SHOWN int32_t ita_stand(const tables *t, const uint8_t *text, int32_t length, step *path, uint8_t *plain) {
    run r;
    size_t room = (size_t)length + 1;
    int32_t count = -1;
    places p = {malloc(room * sizeof *p.cost), malloc(room * sizeof *p.back), malloc(room * sizeof *p.ordinal)};
    if (take_apart(t, &r, text, length, 1) && p.cost && p.back && p.ordinal) {
        count = stand(t, &r, p, path);
        memcpy(plain, r.plain, (size_t)r.offset[r.n]);
    }
    free(p.cost), free(p.back), free(p.ordinal);
    free_run(&r);
    return count;
}

/* The cheapest path through the first `end` letters of a text, of which those behind are there to be looked at. `near`: a 1 for every
 * letter close to damage. */
SHOWN int32_t ita_decode(const tables *t, const prices *mode, const uint8_t *text, int32_t length, int32_t opens, const uint8_t *near,
                         int32_t end, step *path, uint8_t *plain) {
    run r;
    size_t room = (size_t)end + 2;
    int32_t count = -1;
    decoder d = {t, mode, &r, near, end, 0, malloc(room * 8), malloc(room * 8), malloc(room * sizeof *d.states),
                 calloc(room, sizeof *d.waiting)};
    if (take_apart(t, &r, text, length, opens) && d.cost && d.toll && d.states && d.waiting) {
        for (int32_t at = 0; at <= end; at++) d.cost[at] = at ? t->none : 0.0, d.states[at] = (state){0.0, -1, -1, 0, 0};
        if (r.gapped) count_tolls(&d);
        walk(&d);
        count = d.failed ? -1 : trace_back(&d, path);
        memcpy(plain, r.plain, (size_t)r.offset[r.n]);
    }
    for (int32_t at = 0; d.waiting && at <= end; at++) free(d.waiting[at].all);
    free(d.cost), free(d.toll), free(d.states), free(d.waiting);
    free_run(&r);
    return count;
}
