/* Derivatives worked out by hand, in C as one first writes it: plain loops whose innermost runs along memory.
 * A network's parameters lie layer by layer: a matrix of inputs by outputs, then the biases. */

#include <math.h>
#include <string.h>

/* The example of micrograd's README, `times` over. */
void expression(const volatile double *at, volatile double *out, long times) {
    for (long k = 0; k < times; k++) {
        double a = at[0], b = at[1];
        double plus = b + a, minus = b - a;
        double up = plus > 0 ? 1 : 0, down = minus > 0 ? 1 : 0;
        double c = (plus * 2 + 1) * 2 + 1 - a;
        double d = ((a * b + b * b * b) * 3 + up * plus) * 4 + down * minus;
        double e = c - d, f = e * e, de = (0.5 - 10 / (f * f)) * 2 * e;
        out[0] = f / 2 + 10 / f;
        out[1] = de * (3 - (12 * b + 4 * up - down));
        out[2] = de * (4 - (12 * (a + 3 * b * b) + 4 * up + down));
    }
}

/* x, then times w plus x, again and again; the derivatives carried along. */
void chain(double w, double x, long times, double *out) {
    double y = x, dw = 0, dx = 1;
    for (long k = 0; k < times; k++) {
        dw = dw * w + y;
        dx = dx * w + 1;
        y = y * w + x;
    }
    out[0] = y, out[1] = dw, out[2] = dx;
}

void rosenbrock(const double *x, long n, double *value, double *gradient) {
    double sum = 0;
    memset(gradient, 0, n * sizeof *gradient);
    for (long k = 0; k + 1 < n; k++) {
        double rise = x[k + 1] - x[k] * x[k], rest = 1 - x[k];
        sum += 100 * rise * rise + rest * rest;
        gradient[k] -= 400 * rise * x[k] + 2 * rest;
        gradient[k + 1] += 200 * rise;
    }
    *value = sum;
}

void rosenbrock_hessian(const double *x, long n, double *hessian) {
    memset(hessian, 0, n * n * sizeof *hessian);
    for (long k = 0; k + 1 < n; k++) {
        hessian[k * n + k] += 1200 * x[k] * x[k] - 400 * x[k + 1] + 2;
        hessian[(k + 1) * n + k + 1] += 200;
        hessian[k * n + k + 1] = hessian[(k + 1) * n + k] = -400 * x[k];
    }
}

/* The outputs of every layer for one sample, one after the other; `z` begins with the sample. */
static void forward(const long *sizes, long layers, const double *p, double *z) {
    for (long l = 0; l < layers; l++) {
        long in = sizes[l], out = sizes[l + 1];
        double *next = z + in;
        memcpy(next, p + in * out, out * sizeof *next);
        for (long i = 0; i < in; i++)
            for (long j = 0; j < out; j++)
                next[j] += z[i] * p[i * out + j];
        if (l + 1 < layers)
            for (long j = 0; j < out; j++)
                next[j] = next[j] > 0 ? next[j] : 0;
        p += in * out + out;
        z = next;
    }
}

/* Adds a sample's gradient; `p`, `g` and `z` point behind the last layer, `dz` to the derivative by its outputs. */
static void backward(const long *sizes, long layers, const double *p, double *g, const double *z, double *dz, double *dx) {
    for (long l = layers - 1; l >= 0; l--) {
        long in = sizes[l], out = sizes[l + 1];
        p -= in * out + out;
        g -= in * out + out;
        z -= in;
        for (long j = 0; j < out; j++)
            g[in * out + j] += dz[j];
        for (long i = 0; i < in; i++) {
            double sum = 0;
            for (long j = 0; j < out; j++) {
                g[i * out + j] += z[i] * dz[j];
                sum += p[i * out + j] * dz[j];
            }
            dx[i] = z[i] > 0 ? sum : 0;
        }
        double *swap = dz;
        dz = dx, dx = swap;
    }
}

static long total(const long *sizes, long layers) {
    long n = 0;
    for (long l = 0; l < layers; l++)
        n += sizes[l] * sizes[l + 1] + sizes[l + 1];
    return n;
}

/* Numbers of samples side by side, in one register where the machine has one that wide. */
enum { LANES = 8 };
typedef double Lanes __attribute__((vector_size(LANES * sizeof(double))));
typedef long long Flags __attribute__((vector_size(LANES * sizeof(long long)))); /* all bits, or none */

static Lanes all(double x) {
    return x - (Lanes){0};
}

static Lanes where(Flags yes, Lanes x) {
    return (Lanes)(yes & (Flags)x);
}

static double across(Lanes x) {
    double sum = 0;
    for (long n = 0; n < LANES; n++)
        sum += x[n];
    return sum;
}

/* As `forward`, for as many samples as there are lanes; four outputs at once, so that an input is read once for all. */
static void forward_lanes(const long *sizes, long layers, const double *p, Lanes *z) {
    for (long l = 0; l < layers; l++) {
        long in = sizes[l], out = sizes[l + 1], j = 0;
        const double *b = p + in * out;
        Lanes *next = z + in;
        for (; j + 4 <= out; j += 4) {
            Lanes a0 = all(b[j]), a1 = all(b[j + 1]), a2 = all(b[j + 2]), a3 = all(b[j + 3]);
            for (long i = 0; i < in; i++) {
                const double *row = p + i * out + j;
                a0 += row[0] * z[i], a1 += row[1] * z[i], a2 += row[2] * z[i], a3 += row[3] * z[i];
            }
            next[j] = a0, next[j + 1] = a1, next[j + 2] = a2, next[j + 3] = a3;
        }
        for (; j < out; j++) {
            next[j] = all(b[j]);
            for (long i = 0; i < in; i++)
                next[j] += p[i * out + j] * z[i];
        }
        if (l + 1 < layers)
            for (j = 0; j < out; j++)
                next[j] = where(next[j] > 0, next[j]);
        p = b + out;
        z = next;
    }
}

/* As `backward`; the gradient is added lane by lane. */
static void backward_lanes(const long *sizes, long layers, const double *p, Lanes *g, const Lanes *z, Lanes *dz, Lanes *dx) {
    for (long l = layers - 1; l >= 0; l--) {
        long in = sizes[l], out = sizes[l + 1], i = 0;
        p -= in * out + out;
        g -= in * out + out;
        z -= in;
        for (long j = 0; j < out; j++)
            g[in * out + j] += dz[j];
        for (; i + 4 <= in; i += 4) {
            const double *row = p + i * out;
            Lanes *to = g + i * out, a0 = {0}, a1 = a0, a2 = a0, a3 = a0;
            Lanes x0 = z[i], x1 = z[i + 1], x2 = z[i + 2], x3 = z[i + 3];
            for (long j = 0; j < out; j++) {
                Lanes d = dz[j];
                to[j] += x0 * d, to[out + j] += x1 * d, to[2 * out + j] += x2 * d, to[3 * out + j] += x3 * d;
                a0 += row[j] * d, a1 += row[out + j] * d, a2 += row[2 * out + j] * d, a3 += row[3 * out + j] * d;
            }
            dx[i] = where(x0 > 0, a0), dx[i + 1] = where(x1 > 0, a1);
            dx[i + 2] = where(x2 > 0, a2), dx[i + 3] = where(x3 > 0, a3);
        }
        for (; i < in; i++) {
            Lanes a = {0}, x = z[i];
            for (long j = 0; j < out; j++) {
                g[i * out + j] += x * dz[j];
                a += p[i * out + j] * dz[j];
            }
            dx[i] = where(x > 0, a);
        }
        Lanes *swap = dz;
        dz = dx, dx = swap;
    }
}

/* The hinge loss of a small network on many samples, which then are what the innermost loop runs over: `work` has room
 * for lanes of all outputs, of twice those of the widest layer, and of the gradient. */
static double hinge_lanes(const long *sizes, long layers, const double *p, const double *X, const double *y,
                          long samples, double l2, double *g, double *work) {
    long n = total(sizes, layers), widest = 0, outputs = 0;
    for (long l = 0; l <= layers; l++) {
        widest = sizes[l] > widest ? sizes[l] : widest;
        outputs += sizes[l];
    }
    Lanes *z = (Lanes *)work, *dz = z + outputs, *dx = dz + widest, *sums = dx + widest, losses = {0};
    memset(sums, 0, n * sizeof *sums);
    for (long s = 0; s < samples; s += LANES) {
        Lanes label = {0}, share = {0};
        for (long k = 0; k < LANES && s + k < samples; k++) { /* lanes that are left over have no share of the mean */
            for (long i = 0; i < sizes[0]; i++)
                z[i][k] = X[(s + k) * sizes[0] + i];
            label[k] = y[s + k];
            share[k] = 1.0 / samples;
        }
        forward_lanes(sizes, layers, p, z);
        Lanes margin = 1 - label * z[outputs - 1];
        losses += where(margin > 0, margin * share);
        dz[0] = where(margin > 0, -label * share);
        backward_lanes(sizes, layers, p + n, sums + n, z + outputs - 1, dz, dx);
    }
    double loss = across(losses);
    for (long k = 0; k < n; k++) {
        loss += l2 * p[k] * p[k];
        g[k] = across(sums[k]) + 2 * l2 * p[k];
    }
    return loss;
}

/* `work` has room for all outputs of a sample and twice those of the widest layer, or what hinge_lanes needs. */
double hinge(const long *sizes, long layers, const double *p, const double *X, const double *y, long samples,
             double l2, double *g, double *work) {
    long n = total(sizes, layers), widest = 0, outputs = 0;
    for (long l = 0; l <= layers; l++) {
        widest = sizes[l] > widest ? sizes[l] : widest;
        outputs += sizes[l];
    }
    if (samples >= LANES && n <= 1024) /* lanes of a larger gradient would not stay in the cache */
        return hinge_lanes(sizes, layers, p, X, y, samples, l2, g, work);
    double loss = 0, *z = work, *dz = work + outputs, *dx = dz + widest;
    memset(g, 0, n * sizeof *g);
    for (long s = 0; s < samples; s++) {
        memcpy(z, X + s * sizes[0], sizes[0] * sizeof *z);
        forward(sizes, layers, p, z);
        double margin = 1 - y[s] * z[outputs - 1];
        if (margin > 0) {
            loss += margin / samples;
            dz[0] = -y[s] / samples;
            backward(sizes, layers, p + n, g + n, z + outputs - 1, dz, dx);
        }
    }
    for (long k = 0; k < n; k++) {
        loss += l2 * p[k] * p[k];
        g[k] += 2 * l2 * p[k];
    }
    return loss;
}

void online(const long *sizes, long layers, double *p, const double *X, const double *y, long samples, double l2,
            double rate, double *g, double *work) {
    long n = total(sizes, layers);
    for (long s = 0; s < samples; s++) {
        hinge(sizes, layers, p, X + s * sizes[0], y + s, 1, l2, g, work);
        for (long k = 0; k < n; k++)
            p[k] -= rate * g[k];
    }
}

/* Whole steps of gradient descent, each by all samples. */
void descent(const long *sizes, long layers, double *p, const double *X, const double *y, long samples, double l2,
             double rate, long steps, double *g, double *work) {
    long n = total(sizes, layers);
    for (long s = 0; s < steps; s++) {
        hinge(sizes, layers, p, X, y, samples, l2, g, work);
        for (long k = 0; k < n; k++)
            p[k] -= rate * g[k];
    }
}

void digits(const long *sizes, long layers, double *p, const double *X, const long *y, long samples, long batch,
            double rate, double *g, double *work) {
    long n = total(sizes, layers), widest = 0, outputs = 0, classes = sizes[layers];
    for (long l = 0; l <= layers; l++) {
        widest = sizes[l] > widest ? sizes[l] : widest;
        outputs += sizes[l];
    }
    double *z = work, *dz = work + outputs, *dx = dz + widest;
    for (long first = 0; first < samples; first += batch) {
        long last = first + batch < samples ? first + batch : samples;
        memset(g, 0, n * sizeof *g);
        for (long s = first; s < last; s++) {
            memcpy(z, X + s * sizes[0], sizes[0] * sizeof *z);
            forward(sizes, layers, p, z);
            double *logits = z + outputs - classes, top = logits[0], sum = 0;
            for (long j = 0; j < classes; j++)
                top = logits[j] > top ? logits[j] : top;
            for (long j = 0; j < classes; j++)
                sum += dz[j] = exp(logits[j] - top);
            for (long j = 0; j < classes; j++)
                dz[j] = (dz[j] / sum - (j == y[s])) / (last - first);
            backward(sizes, layers, p + n, g + n, logits, dz, dx);
        }
        for (long k = 0; k < n; k++)
            p[k] -= rate * g[k];
    }
}
