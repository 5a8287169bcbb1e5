/* pdfium's calls for a whole page at once.
 *
 * What pdfium says of a page it says one value a call, and a call from Python costs a quarter of a microsecond: with seven calls a
 * character and six an object that is ten times what pdfium itself needs for the page. The loops below make the same calls and
 * write the answers into arrays that the caller owns. They compute nothing, allocate nothing and keep nothing; every array is as long
 * as the count that is handed in.
 *
 * No header of pdfium is needed and nothing is linked. The caller asks for the names of the functions with ita_call(), takes their
 * addresses from the library that it has loaded already, and hands them over in that order as `call`. `plain.py` does the same
 * without this file; the two are held equal by a test.
 */

#include <stddef.h>
#include <stdint.h>

#define SHOWN __attribute__((visibility("default")))

typedef void *handle;

/* result, name, arguments: the part of pdfium's public interface that is used here, in the order in which addresses are handed over */
#define CALLS(X)                                                                   \
    X(int, FPDFPage_CountObjects, (handle page))                                   \
    X(handle, FPDFPage_GetObject, (handle page, int at))                           \
    X(int, FPDFFormObj_CountObjects, (handle form))                                \
    X(handle, FPDFFormObj_GetObject, (handle form, unsigned long at))              \
    X(int, FPDFPageObj_GetType, (handle object))                                   \
    X(int, FPDFPageObj_GetMatrix, (handle object, float *six))                     \
    X(int, FPDFPageObj_GetBounds, (handle object, float *, float *, float *, float *)) \
    X(int, FPDFPageObj_CountMarks, (handle object))                                \
    X(handle, FPDFPageObj_GetMark, (handle object, unsigned long at))              \
    X(int, FPDFPageObjMark_GetParamValueType, (handle mark, const char *key))      \
    X(int, FPDFTextObj_GetFontSize, (handle text, float *size))                    \
    X(handle, FPDFTextObj_GetFont, (handle text))                                  \
    X(int, FPDFTextObj_GetTextRenderMode, (handle text))                           \
    X(int, FPDFPath_GetDrawMode, (handle path, int *fill, int *stroke))            \
    X(int, FPDFPath_CountSegments, (handle path))                                  \
    X(handle, FPDFPath_GetPathSegment, (handle path, int at))                      \
    X(int, FPDFPathSegment_GetPoint, (handle segment, float *x, float *y))         \
    X(int, FPDFPathSegment_GetType, (handle segment))                              \
    X(int, FPDFPathSegment_GetClose, (handle segment))                             \
    X(int, FPDFText_IsGenerated, (handle textpage, int at))                        \
    X(unsigned, FPDFText_GetUnicode, (handle textpage, int at))                    \
    X(int, FPDFText_GetCharBox, (handle textpage, int at, double *, double *, double *, double *)) \
    X(int, FPDFText_GetLooseCharBox, (handle textpage, int at, float *four))       \
    X(int, FPDFText_GetCharOrigin, (handle textpage, int at, double *x, double *y)) \
    X(handle, FPDFText_GetTextObject, (handle textpage, int at))                   \
    X(int, FPDFText_HasUnicodeMapError, (handle textpage, int at))

#define FIELD(result, name, arguments) result(*name) arguments;
#define NAME(result, name, arguments) #name,

struct calls {
    CALLS(FIELD)
};

static const char *const names[] = {CALLS(NAME) NULL};

enum { FORM = 5 };

/* The digest of this file when it was compiled: a library that was made from another text is not used. */
SHOWN const char *ita_source(void) { return ITA_SOURCE; }

/* The name of the at-th function of `struct calls`, NULL after the last. */
SHOWN const char *ita_call(int at) { return names[at]; }

struct walk {
    const struct calls *call;
    int64_t room, limit, count;
    int depth;
    handle *object;
    int32_t *kind, *form;
    float (*matrix)[6];
};

static void visit(struct walk *walk, handle object, int32_t form, int depth)
{
    int64_t at = walk->count++;
    int kind = walk->call->FPDFPageObj_GetType(object);
    if (at < walk->room) {
        walk->object[at] = object;
        walk->kind[at] = kind;
        walk->form[at] = form;
        float *matrix = walk->matrix[at];
        matrix[0] = matrix[3] = 1, matrix[1] = matrix[2] = matrix[4] = matrix[5] = 0;
        walk->call->FPDFPageObj_GetMatrix(object, matrix);
    }
    if (kind != FORM || depth >= walk->depth)
        return;
    int inside = walk->call->FPDFFormObj_CountObjects(object);
    for (int i = 0; i < inside && walk->count < walk->limit; i++)
        visit(walk, walk->call->FPDFFormObj_GetObject(object, (unsigned long)i), (int32_t)at, depth + 1);
}

/* Every object of a page in the order of drawing, forms before what they hold: the object, its kind, the place in this very list
 * of the form around it, -1 for none, and its matrix, the identity where it has none.
 * Returns how many there are, of which the first `room` are written; stops at `limit`. */
SHOWN int64_t ita_objects(const struct calls *call, handle page, int depth, int64_t room, int64_t limit, handle *object,
                          int32_t *kind, int32_t *form, float (*matrix)[6])
{
    struct walk walk = {call, room, limit, 0, depth, object, kind, form, matrix};
    int count = call->FPDFPage_CountObjects(page);
    for (int i = 0; i < count && walk.count < limit; i++)
        visit(&walk, call->FPDFPage_GetObject(page, i), -1, 0);
    return walk.count;
}

/* Left, bottom, right, top of each object. */
SHOWN void ita_bounds(const struct calls *call, int64_t count, const handle *object, float (*box)[4])
{
    for (int64_t i = 0; i < count; i++)
        call->FPDFPageObj_GetBounds(object[i], &box[i][0], &box[i][1], &box[i][2], &box[i][3]);
}

/* The innermost of the marks around an object that has this key, looking through `marks` of them. */
static handle marked(const struct calls *call, handle object, const char *key, int marks)
{
    int count = call->FPDFPageObj_CountMarks(object);
    for (int i = count - 1; i >= 0 && i >= count - marks; i--) {
        handle mark = call->FPDFPageObj_GetMark(object, (unsigned long)i);
        if (call->FPDFPageObjMark_GetParamValueType(mark, key))
            return mark;
    }
    return NULL;
}

/* Font size, font, render mode and mark of each text object. */
SHOWN void ita_texts(const struct calls *call, int64_t count, const handle *text, const char *key, int marks, float *size, handle *font,
                     int32_t *mode, handle *mark)
{
    for (int64_t i = 0; i < count; i++) {
        call->FPDFTextObj_GetFontSize(text[i], &size[i]);
        font[i] = call->FPDFTextObj_GetFont(text[i]);
        mode[i] = call->FPDFTextObj_GetTextRenderMode(text[i]);
        mark[i] = marked(call, text[i], key, marks);
    }
}

/* Of each path whether it is filled and stroked, and how many segments it has. */
SHOWN void ita_paths(const struct calls *call, int64_t count, const handle *path, int32_t *fill, int32_t *stroke, int32_t *segments)
{
    for (int64_t i = 0; i < count; i++) {
        call->FPDFPath_GetDrawMode(path[i], &fill[i], &stroke[i]);
        segments[i] = call->FPDFPath_CountSegments(path[i]);
    }
}

/* The segments of each path, one path after the other: end point, kind, and whether it closes its subpath. */
SHOWN void ita_segments(const struct calls *call, int64_t count, const handle *path, const int32_t *segments, float (*point)[2],
                        int32_t *kind, int32_t *close)
{
    for (int64_t i = 0; i < count; i++)
        for (int j = 0; j < segments[i]; j++, point++, kind++, close++) {
            handle segment = call->FPDFPath_GetPathSegment(path[i], j);
            call->FPDFPathSegment_GetPoint(segment, &point[0][0], &point[0][1]);
            *kind = call->FPDFPathSegment_GetType(segment);
            *close = call->FPDFPathSegment_GetClose(segment);
        }
}

/* The characters of a text page that the page draws, in pdfium's order; those that pdfium made up are passed over: box (left,
 * bottom, right, top), loose box (left, top, right, bottom, as pdfium has it) and so on. Returns how many were written. */
SHOWN int64_t ita_letters(const struct calls *call, handle textpage, int64_t count, uint32_t *code, double (*box)[4], float (*loose)[4],
                          double (*origin)[2], handle *text, int32_t *unmapped)
{
    int64_t to = 0;
    for (int i = 0; i < count; i++) {
        if (call->FPDFText_IsGenerated(textpage, i) == 1)
            continue;
        code[to] = call->FPDFText_GetUnicode(textpage, i);
        call->FPDFText_GetCharBox(textpage, i, &box[to][0], &box[to][2], &box[to][1], &box[to][3]);
        call->FPDFText_GetLooseCharBox(textpage, i, loose[to]);
        call->FPDFText_GetCharOrigin(textpage, i, &origin[to][0], &origin[to][1]);
        text[to] = call->FPDFText_GetTextObject(textpage, i);
        unmapped[to] = call->FPDFText_HasUnicodeMapError(textpage, i);
        to++;
    }
    return to;
}
